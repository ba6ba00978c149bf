namespace Reparam.Generators.Flow;

/// <summary>What becomes of a value.</summary>
internal enum FlowUseKind
{
    /// <summary>A component, or the caller, takes it as it is.</summary>
    Feeds,

    /// <summary>Its activation multiplies another value.</summary>
    Gates,

    /// <summary>It is added to another value.</summary>
    Adds,

    /// <summary>Any other operation.</summary>
    Other,
}

/// <summary>How the elements of a list of modules that stand at the two ends of an edge belong together.</summary>
internal enum FlowStep
{
    /// <summary>Elements of one index; or no list.</summary>
    Same,

    /// <summary>The value enters the first element.</summary>
    First,

    /// <summary>An element's value enters the next element.</summary>
    Next,

    /// <summary>The value is that of the last element.</summary>
    Last,
}

/// <summary>One use of a value.</summary>
/// <param name="Kind">What becomes of it.</param>
/// <param name="Target">The port that takes it; for a sum or a product, one of the other values; empty for none.</param>
/// <param name="Step">How the indices of lists belong together.</param>
/// <param name="IsConditional">True if only some runs use it so.</param>
/// <param name="Detail">The activation of <see cref="FlowUseKind.Gates"/>; else empty.</param>
internal sealed record FlowUse(FlowUseKind Kind, string Target, FlowStep Step, bool IsConditional, string Detail)
{
    /// <summary>A use that no edge tells of.</summary>
    public static FlowUse Else { get; } = new(FlowUseKind.Other, "", FlowStep.Same, IsConditional: false, "");

    /// <summary>A component, or the caller, takes the value.</summary>
    public static FlowUse By(string port) => new(FlowUseKind.Feeds, port, FlowStep.Same, IsConditional: false, "");
}
