namespace Reparam.Checkpoints.Import;

/// <summary>What a file is.</summary>
/// <param name="Name">With its article, such as <c>a GGUF file</c>.</param>
/// <param name="Advice">What to do with it.</param>
/// <param name="Format">The format to import it as; null when it cannot be imported.</param>
/// <param name="IsSafetensors">Whether it is, or starts like, a safetensors file.</param>
internal sealed record FileFormat(string Name, string Advice, ImportFormat? Format = null, bool IsSafetensors = false);
