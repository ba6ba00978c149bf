using System.Collections.Generic;

namespace Reparam.Generators.Flow;

/// <summary>What the flow knows of a value.</summary>
internal abstract class FlowValue
{
    /// <summary>A value of which nothing is known that an edge would tell.</summary>
    public static FlowValue Unknown { get; } = new Opaque();

    /// <summary>The output of a component, or a parameter, as it is.</summary>
    public sealed class Output(FlowSource source) : FlowValue
    {
        public FlowSource Source => source;
    }

    /// <summary>An activation of a value.</summary>
    public sealed class Activated(string function, FlowValue of) : FlowValue
    {
        public string Function => function;

        public FlowValue Of => of;
    }

    /// <summary>A sum of values.</summary>
    public sealed class Sum(FlowValue left, FlowValue right) : FlowValue
    {
        public FlowValue Left => left;

        public FlowValue Right => right;
    }

    /// <summary>One of several values, depending on a condition.</summary>
    public sealed class Choice(IReadOnlyList<FlowValue> values) : FlowValue
    {
        public IReadOnlyList<FlowValue> Values => values;
    }

    /// <summary>A value that a loop over a list hands from element to element.</summary>
    public sealed class Stepped(FlowStep step, FlowValue of) : FlowValue
    {
        public FlowStep Step => step;

        public FlowValue Of => of;
    }

    /// <summary>A tuple.</summary>
    public sealed class Elements(IReadOnlyList<FlowValue> values) : FlowValue
    {
        public IReadOnlyList<FlowValue> Values => values;
    }

    /// <summary>A component itself, not yet called.</summary>
    public sealed class Callee(FlowComponent component) : FlowValue
    {
        public FlowComponent Component => component;
    }

    private sealed class Opaque : FlowValue
    {
    }
}
