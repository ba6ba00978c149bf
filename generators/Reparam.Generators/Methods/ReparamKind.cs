namespace Reparam.Generators.Methods;

/// <summary>The kinds that a method attribute can be of.</summary>
internal enum ReparamKind
{
    /// <summary>w = map(v).</summary>
    WeightMap,

    /// <summary>y += path(x).</summary>
    SidePath,

    /// <summary>What follows an optimizer step.</summary>
    StepRule,

    /// <summary>A block that folds into a smaller one.</summary>
    Structure,

    /// <summary>How the dense weight is approximated after training.</summary>
    PostTraining,
}
