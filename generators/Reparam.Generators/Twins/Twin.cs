namespace Reparam.Generators.Twins;

/// <summary>The run-time twin of one marked class, as text.</summary>
/// <param name="HintName">Name of the generated file.</param>
/// <param name="Text">The whole file.</param>
internal sealed record Twin(string HintName, string Text);
