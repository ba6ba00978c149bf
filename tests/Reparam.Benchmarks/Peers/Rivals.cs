namespace Reparam.Benchmarks.Peers;

/// <summary>What packed products are compared with, where the user has it.</summary>
/// <param name="Ggml">ggml, built for this processor.</param>
/// <param name="GgmlAvx2">ggml, built for AVX2.</param>
/// <param name="Torch">libtorch.</param>
internal sealed record Rivals(GgmlLibrary? Ggml, GgmlLibrary? GgmlAvx2, TorchLibrary? Torch)
{
    /// <summary>Their names and versions.</summary>
    public IReadOnlyList<string> Names =>
    [
        .. new[] { Ggml?.Name, GgmlAvx2 is null ? null : $"{GgmlAvx2.Name} (for AVX2)", Torch is null ? null : $"libtorch of TorchSharp {Torch.Version}" }.OfType<string>(),
    ];
}
