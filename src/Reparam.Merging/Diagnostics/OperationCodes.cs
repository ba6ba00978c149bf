namespace Reparam.Merging.Diagnostics;

/// <summary>Codes of what checkpoint operations report. Each has a page docs/diagnostics/CODE.md.</summary>
internal static class OperationCodes
{
    /// <summary>There is no operation of this name.</summary>
    public const string UnknownMethod = "RPB0170";

    /// <summary>An option is unknown, of another form, out of range, or does not go with the inputs.</summary>
    public const string InvalidOption = "RPB0171";

    /// <summary>The inputs do not have the same tensors.</summary>
    public const string InputsDiffer = "RPB0172";

    /// <summary>A value cannot be merged, or its type cannot hold the result.</summary>
    public const string ValueProblem = "RPB0173";

    /// <summary>An input is a packed file.</summary>
    public const string PackedInput = "RPB0174";

    /// <summary>A warning: the inputs' metadata differ where the result needs one.</summary>
    public const string ConfigDiffers = "RPB0175";

    /// <summary>The plan of a build cannot be read.</summary>
    public const string UnreadablePlan = "RPB0176";

    /// <summary>An operation threw, or gave what no operation may give.</summary>
    public const string OperationFailed = "RPB0178";
}
