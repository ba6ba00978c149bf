namespace Reparam.Runtime;

/// <summary>
/// Gives the ordinary TorchSharp code that a fused operation stands for. Where a model's code has this form, its twin calls the operation instead, unless
/// that could be observed. So the table of what is fused is the run-time's public surface, as is the table of what can be translated.
/// </summary>
/// <param name="code">
/// An expression, or the statements of a whole method that end with <c>return</c>. The parameters of the operation stand for the model's own values; other
/// names are locals of the statements, or TorchSharp's. A function of a tensor and its method of the same name are the same.
/// </param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true, Inherited = false)]
public sealed class IdiomAttribute(string code) : Attribute
{
    /// <summary>The code.</summary>
    public string Code { get; } = code;
}
