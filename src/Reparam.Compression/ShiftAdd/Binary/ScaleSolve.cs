using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>The normal equations of a set of scales in 16 lanes: A·x = r by LDLᵀ. Sums lie in the order A₀₀, A₁₀, A₁₁, A₂₀ …, then r.</summary>
internal static unsafe class ScaleSolve
{
    private const int MaxBits = 4;

    // What is left of a diagonal element when its plane depends on the planes before it.
    private const float Dependent = 1e-4f;

    /// <summary>Number of elements of A.</summary>
    public static int Elements(int bits) => bits * (bits + 1) / 2;

    /// <summary>Solves; an unknown that the equations do not determine is 0.</summary>
    /// <param name="sums">A and r, each <paramref name="stride"/> floats apart.</param>
    /// <param name="stride">Floats from one sum to the next.</param>
    /// <param name="bits">Unknowns.</param>
    /// <param name="solution">[bits], 16 floats each.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Solve(float* sums, nint stride, int bits, Vector512<float>* solution)
    {
        var factor = stackalloc Vector512<float>[MaxBits * MaxBits];
        var usable = stackalloc Vector512<float>[MaxBits];
        var right = stackalloc Vector512<float>[MaxBits];
        var element = sums;
        for (var i = 0; i < bits; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var sum = Vector512.Load(element);
                element += stride;
                for (var k = 0; k < j; k++)
                {
                    sum -= factor[i * MaxBits + k] * factor[j * MaxBits + k] * factor[k * MaxBits + k];
                }

                factor[i * MaxBits + j] = usable[j] & (sum / factor[j * MaxBits + j]);
            }

            var diagonal = Vector512.Load(element);
            element += stride;
            var pivot = diagonal;
            for (var k = 0; k < i; k++)
            {
                pivot -= factor[i * MaxBits + k] * factor[i * MaxBits + k] * factor[k * MaxBits + k];
            }

            factor[i * MaxBits + i] = pivot;
            usable[i] = Vector512.GreaterThan(pivot, Vector512.Max(diagonal * Dependent, Vector512<float>.Zero));
        }

        for (var i = 0; i < bits; i++)
        {
            right[i] = Vector512.Load(element + i * stride);
            for (var k = 0; k < i; k++)
            {
                right[i] -= factor[i * MaxBits + k] * right[k];
            }
        }

        for (var i = bits - 1; i >= 0; i--)
        {
            var x = right[i] / factor[i * MaxBits + i];
            for (var k = i + 1; k < bits; k++)
            {
                x -= factor[k * MaxBits + i] * solution[k];
            }

            solution[i] = usable[i] & x;
        }
    }
}
