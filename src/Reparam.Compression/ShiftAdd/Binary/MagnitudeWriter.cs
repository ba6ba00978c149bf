using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Compression.Numerics;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>Turns weights into the whole numbers of <see cref="CountedMagnitudes{T}"/>.</summary>
/// <param name="normalization">Range of the matrix.</param>
internal readonly unsafe ref struct MagnitudeWriter(Normalization normalization)
{
    private const int Width = 16;

    // A group that lies further below the largest weight of its matrix is beyond every scale that can be stored.
    private const int LowestExponent = -100;

    /// <summary>Writes a group.</summary>
    /// <param name="group">The weights.</param>
    /// <param name="magnitudes">[length].</param>
    /// <returns>The power of two that brings the a counted magnitude back to the normalized weight's.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public float Write(ReadOnlySpan<float> group, int* magnitudes)
    {
        var (first, second) = normalization.Factors;
        ref var weights = ref MemoryMarshal.GetReference(group);
        var maxima = Vector512<float>.Zero;
        var k = 0;
        for (; k + Width <= group.Length; k += Width)
        {
            maxima = Vector512.MaxNative(maxima, Vector512.Abs(Vector512.LoadUnsafe(ref weights, (nuint)k)));
        }

        var eight = Vector256.MaxNative(maxima.GetLower(), maxima.GetUpper());
        var four = Vector128.MaxNative(eight.GetLower(), eight.GetUpper());
        var largest = Math.Max(Math.Max(four[0], four[1]), Math.Max(four[2], four[3]));
        for (var i = k; i < group.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(group[i]));
        }

        var exponent = Math.Max((int)(BitConverter.SingleToUInt32Bits(largest * first * second) >> 23) - 127, LowestExponent);
        var factor = PowerOfTwo(CountedMagnitudes.TopExponent - exponent);
        for (k = 0; k + Width <= group.Length; k += Width)
        {
            var x = Vector512.Abs(Vector512.LoadUnsafe(ref weights, (nuint)k)) * first * second * factor + Vector512.Create(0.5f);
            x = Vector512.MinNative(x, Vector512.Create(CountedMagnitudes.Largest));
            (Vector512.ConvertToInt32Native(x) | Vector512.Create(CountedMagnitudes.Zero)).Store(magnitudes + k);
        }

        for (; k < group.Length; k++)
        {
            var x = Math.Abs(group[k]) * first * second * factor + 0.5f;
            magnitudes[k] = (int)Math.Min(x, CountedMagnitudes.Largest) | CountedMagnitudes.Zero;
        }

        return PowerOfTwo(exponent - CountedMagnitudes.TopExponent);
    }

    /// <summary>Lays groups side by side.</summary>
    /// <param name="source">[groups, length].</param>
    /// <param name="groups">A multiple of 4.</param>
    /// <param name="length">Weights of a group.</param>
    /// <param name="destination">[length, groups].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(int* source, int groups, int length, int* destination)
    {
        for (var group = 0; group < groups; group += 4)
        {
            var row0 = source + (nint)group * length;
            var row1 = row0 + length;
            var row2 = row1 + length;
            var row3 = row2 + length;
            var column = destination + group;
            var k = 0;
            for (; Sse2.IsSupported && k + 4 <= length; k += 4)
            {
                var (a, b) = (Sse2.LoadVector128(row0 + k), Sse2.LoadVector128(row1 + k));
                var (c, d) = (Sse2.LoadVector128(row2 + k), Sse2.LoadVector128(row3 + k));
                var (ab, cd) = (Sse2.UnpackLow(a, b).AsInt64(), Sse2.UnpackLow(c, d).AsInt64());
                Sse2.UnpackLow(ab, cd).AsInt32().Store(column);
                Sse2.UnpackHigh(ab, cd).AsInt32().Store(column + groups);
                (ab, cd) = (Sse2.UnpackHigh(a, b).AsInt64(), Sse2.UnpackHigh(c, d).AsInt64());
                Sse2.UnpackLow(ab, cd).AsInt32().Store(column + 2 * groups);
                Sse2.UnpackHigh(ab, cd).AsInt32().Store(column + 3 * groups);
                column += 4 * groups;
            }

            for (; k < length; k++)
            {
                (column[0], column[1], column[2], column[3]) = (row0[k], row1[k], row2[k], row3[k]);
                column += groups;
            }
        }
    }

    private static float PowerOfTwo(int exponent) => BitConverter.Int32BitsToSingle((exponent + 127) << 23);
}
