namespace Reparam.Merging;

/// <summary>
/// The help of an operation or of an option, for an assembly that ships without its documentation file. Where it is given, it goes before the doc comment.
/// </summary>
/// <param name="text">One or two sentences.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Parameter)]
public sealed class OptionHelpAttribute(string text) : Attribute
{
    /// <summary>The help.</summary>
    public string Text { get; } = text;
}
