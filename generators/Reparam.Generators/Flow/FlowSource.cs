using System.Collections.Generic;

namespace Reparam.Generators.Flow;

/// <summary>Where a value comes from: one call of a component, or a parameter of forward. Never leaves a transform or an analyzer.</summary>
/// <param name="port">State-dict path of the component; <c>:x</c> for the parameter x.</param>
/// <param name="component">The component; null for a parameter.</param>
internal sealed class FlowSource(string port, FlowComponent? component)
{
    private readonly HashSet<FlowUse> known = [];

    public string Port => port;

    public FlowComponent? Component => component;

    /// <summary>All uses, each once, in the order of the run.</summary>
    public List<FlowUse> Uses { get; } = [];

    public void Add(FlowUse use)
    {
        if (known.Add(use))
        {
            Uses.Add(use);
        }
    }
}
