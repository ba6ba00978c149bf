namespace Reparam.Merging;

/// <summary>One thing that is wrong.</summary>
/// <param name="File">The file that it is wrong with.</param>
/// <param name="Code">The code, such as <c>RPB0172</c>; docs/diagnostics/CODE.md explains it.</param>
/// <param name="Text">What was found and what was expected.</param>
public sealed record OperationProblem(string File, string Code, string Text);
