using Reparam.Runtime;

namespace Reparam.Benchmarks.Models;

/// <summary>Rotary positions: neighbouring pairs of a head's features turn by an angle that grows with the position (Su et al. 2021, arXiv 2104.09864).</summary>
internal sealed class Rotary
{
    private const double Base = 10000;

    private readonly Tensor cos;    // [positions, headWidth / 2]
    private readonly Tensor sin;

    public Rotary(int headWidth, int positions)
    {
        var frequencies = (Torch.Arange(0, headWidth, 2, DType.Float32) * (-Math.Log(Base) / headWidth)).Exp();
        var angles = Torch.Outer(Torch.Arange(positions, DType.Float32), frequencies);
        cos = angles.Cos();
        sin = angles.Sin();
    }

    /// <summary>[length, heads·headWidth] → the same, turned.</summary>
    public Tensor Turn(Tensor x, int position) => FusedOperations.RotateNeighbours(x, cos, sin, position);
}
