using System.Numerics;
using System.Runtime.CompilerServices;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime.Kernels;

/// <summary>silu(gate) ⊙ up, the gate of a SwiGLU network.</summary>
internal static unsafe class GatedLinear
{
    public static Tensor Run(Tensor gate, Tensor up)
    {
        if (gate.Dtype != DType.Float32 || up.Dtype != DType.Float32)
        {
            throw new InvalidOperationException($"SwiGlu is not defined for {gate.Dtype} and {up.Dtype}.");
        }

        if (!gate.Shape.SequenceEqual(up.Shape))
        {
            throw new ArgumentException($"SwiGlu: gate {Layout.Describe(gate.Shape)} and up {Layout.Describe(up.Shape)} must have the same shape.");
        }

        gate = gate.AsContiguous();
        up = up.AsContiguous();
        var result = Tensor.Allocate(DType.Float32, gate.Shape);
        fixed (float* gates = gate.Storage.Floats, ups = up.Storage.Floats, y = result.Storage.Floats)
        {
            Apply(gates + gate.Offset, ups + up.Offset, y, result.Count);
        }

        return result;
    }

    /// <param name="gate">[count].</param>
    /// <param name="up">[count].</param>
    /// <param name="y">[count]; may be one of the two.</param>
    /// <param name="count">Number of elements.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Apply(float* gate, float* up, float* y, int count)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count)
        {
            (SigmoidLinear.Evaluate(Vector.Load(gate + i)) * Vector.Load(up + i)).Store(y + i);
        }

        for (; i < count; i++)
        {
            y[i] = SigmoidLinear.Evaluate(new Vector<float>(gate[i]))[0] * up[i];
        }
    }
}
