using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>What reached the layers of a group in one forward. Whoever has it disposes of it.</summary>
/// <param name="Inputs">Input vectors, [tokens, columns].</param>
/// <param name="Stream">The residual stream that the layers write into, [tokens, rows]; null where they write into none.</param>
internal sealed record SeenInputs(Tensor Inputs, Tensor? Stream) : IDisposable
{
    /// <summary>Bytes of both.</summary>
    public long Bytes => Size(Inputs) + (Stream is null ? 0 : Size(Stream));

    /// <inheritdoc/>
    public void Dispose()
    {
        Inputs.Dispose();
        Stream?.Dispose();
    }

    private static long Size(Tensor tensor) => tensor.numel() * tensor.element_size();
}
