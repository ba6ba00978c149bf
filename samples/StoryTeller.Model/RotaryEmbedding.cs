using Reparam;
using TorchSharp;
using static TorchSharp.torch;

namespace StoryTeller;

/// <summary>
/// Rotary positions: neighbouring pairs of a head's features turn by an angle that grows with the token's position (Su et al.
/// 2021, arXiv 2104.09864). Nothing here is learned, so it is no module and leaves no trace in the checkpoint.
/// </summary>
[ReparamModule]
public sealed partial class RotaryEmbedding
{
    private const double Base = 10000;

    private readonly Tensor cos;    // [positions, headDim / 2]
    private readonly Tensor sin;

    public RotaryEmbedding(int headDim, int positions)
    {
        var frequencies = exp(arange(0, headDim, 2, float32) * (-Math.Log(Base) / headDim));    // base^(-2i / headDim)
        var angles = outer(arange(positions, float32), frequencies);
        cos = angles.cos();
        sin = angles.sin();
    }

    /// <param name="x">[length, heads·headDim].</param>
    /// <param name="position">Position of the first token.</param>
    /// <returns>[length, heads·headDim].</returns>
    public Tensor Rotate(Tensor x, long position)
    {
        var pairs = x.view(x.shape[0], -1, cos.shape[1], 2);                    // [length, heads, headDim / 2, 2]
        var (even, odd) = (pairs.select(-1, 0), pairs.select(-1, 1));
        var c = cos.narrow(0, position, x.shape[0]).unsqueeze(1);               // [length, 1, headDim / 2]
        var s = sin.narrow(0, position, x.shape[0]).unsqueeze(1);
        return stack([even * c - odd * s, even * s + odd * c], -1).view(x.shape);
    }
}
