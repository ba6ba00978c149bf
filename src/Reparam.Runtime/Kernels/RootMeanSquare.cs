using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Kernels;

/// <summary>Root-mean-square normalization of rows, x / √(mean(x²) + ε) ⊙ weight.</summary>
internal static unsafe class RootMeanSquare
{
    /// <summary>Whether the sizes and types are those of <see cref="Run"/>.</summary>
    public static bool Fits(Tensor input, Tensor weight) =>
        input.Dtype == DType.Float32 && weight.Dtype == DType.Float32 && input.Rank > 0 && weight.Rank == 1 && input.Shape[^1] == weight.Shape[0];

    public static Tensor Run(Tensor input, Tensor weight, double eps)
    {
        if (input.Dtype != DType.Float32 || weight.Dtype != DType.Float32)
        {
            throw new InvalidOperationException($"RmsNorm is not defined for {input.Dtype} with a weight of {weight.Dtype}.");
        }

        if (input.Rank == 0 || weight.Rank != 1 || input.Shape[^1] != weight.Shape[0])
        {
            throw new ArgumentException(
                $"RmsNorm: the weight {Layout.Describe(weight.Shape)} does not fit the last dimension of the input {Layout.Describe(input.Shape)}.");
        }

        var x = input.AsContiguous();
        var scale = weight.AsContiguous();
        var result = Tensor.Allocate(DType.Float32, input.Shape);
        var length = (int)weight.Shape[0];
        var rows = length == 0 ? 0 : result.Count / length;
        fixed (float* source = x.Storage.Floats, weights = scale.Storage.Floats, target = result.Storage.Floats)
        {
            for (var row = 0; row < rows; row++)
            {
                Normalize(source + x.Offset + (nint)row * length, weights + scale.Offset, target + (nint)row * length, length, (float)eps);
            }
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Normalize(float* x, float* weight, float* y, int length, float eps)
    {
        const int Lanes = 8;
        var (even, odd) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var i = 0;
        for (; i + 2 * Lanes <= length; i += 2 * Lanes)
        {
            var (first, second) = (Vector256.Load(x + i), Vector256.Load(x + i + Lanes));
            even = Vector256.MultiplyAddEstimate(first, first, even);
            odd = Vector256.MultiplyAddEstimate(second, second, odd);
        }

        var sum = Vector256.Sum(even + odd);
        for (; i < length; i++)
        {
            sum += x[i] * x[i];
        }

        var factor = 1 / MathF.Sqrt(sum / length + eps);
        for (i = 0; i + Lanes <= length; i += Lanes)
        {
            (Vector256.Load(x + i) * factor * Vector256.Load(weight + i)).Store(y + i);
        }

        for (; i < length; i++)
        {
            y[i] = x[i] * factor * weight[i];
        }
    }
}
