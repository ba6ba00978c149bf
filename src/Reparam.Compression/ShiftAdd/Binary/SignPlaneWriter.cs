using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Compression.Numerics;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// Codes a row, 32 weights at a time: a compare with each threshold gives a word of bits, and where the sign of a plane differs between neighbouring
/// levels the word flips it. The planes come out packed and no code of a single weight is ever formed.
/// </summary>
/// <param name="normalization">Range of the matrix.</param>
/// <param name="bits">Number of planes.</param>
internal readonly unsafe ref struct SignPlaneWriter(Normalization normalization, int bits)
{
    private const int Word = 32;
    private const int Half = 16;

    private readonly float first = normalization.Factors.First;
    private readonly float second = normalization.Factors.Second;

    /// <summary>Sets the sign bits of the columns of one group and measures the error.</summary>
    /// <param name="row">The row's weights.</param>
    /// <param name="begin">First column of the group.</param>
    /// <param name="end">Column behind its last.</param>
    /// <param name="levels">The group's levels.</param>
    /// <param name="codes">The row's codes in plane 0, zero where not yet written.</param>
    /// <param name="planeStride">Words from one plane to the next.</param>
    /// <returns>Squared error and squared norm of the group, normalized.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public (double Error, double Norm) Write(float* row, int begin, int end, GroupLevels* levels, uint* codes, nint planeStride)
    {
        var error = Vector512<float>.Zero;
        var norm = Vector512<float>.Zero;
        var part = stackalloc float[Word];
        while (begin < end)
        {
            var (word, shift) = (begin / Word, begin % Word);
            var length = Math.Min(Word - shift, end - begin);
            if (length == Word)
            {
                WriteWord(row + begin, uint.MaxValue, levels, codes + word, planeStride, ref error, ref norm);
            }
            else
            {
                new Span<float>(part, Word).Clear();
                new Span<float>(row + begin, length).CopyTo(new Span<float>(part + shift, length));
                WriteWord(part, ((1u << length) - 1) << shift, levels, codes + word, planeStride, ref error, ref norm);
            }

            begin += length;
        }

        return (Sum(error), Sum(norm));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void WriteWord(float* x, uint inside, GroupLevels* levels, uint* codes, nint planeStride, ref Vector512<float> error, ref Vector512<float> norm)
    {
        var left = Vector512.Load(x) * first * second;
        var right = Vector512.Load(x + Half) * first * second;
        var negative = Bits(left, right);
        left = Vector512.Abs(left);
        right = Vector512.Abs(right);
        norm += left * left + right * right;

        var flips = levels->Flips;
        var (plane0, plane1, plane2, plane3) = (flips[0] ^ negative, flips[1] ^ negative, flips[2] ^ negative, flips[3] ^ negative);
        var leftLevel = Vector512.Create(levels->Levels[0]);
        var rightLevel = leftLevel;
        for (var r = 1; r < levels->Number; r++)
        {
            // Compared once for the bits and once for the levels: a mask that serves both would be moved back and forth.
            flips += GroupLevels.Planes;
            var here = Vector512.Create(levels->Levels[r]);
            var threshold = Vector512.Create(levels->Thresholds[r]);
            var above = Bits(Vector512.GreaterThanOrEqual(left, threshold), Vector512.GreaterThanOrEqual(right, threshold));
            leftLevel = Vector512.ConditionalSelect(Vector512.LessThan(left, threshold), leftLevel, here);
            rightLevel = Vector512.ConditionalSelect(Vector512.LessThan(right, threshold), rightLevel, here);
            plane0 ^= above & flips[0];
            plane1 ^= above & flips[1];
            plane2 ^= above & flips[2];
            plane3 ^= above & flips[3];
        }

        left -= leftLevel;
        right -= rightLevel;
        if (inside != uint.MaxValue)
        {
            // Columns outside of the group are zeros here and must not count.
            left = Vector512.ConditionalSelect(Inside(inside), left, Vector512<float>.Zero);
            right = Vector512.ConditionalSelect(Inside(inside >> Half), right, Vector512<float>.Zero);
        }

        error += left * left + right * right;
        codes[0] |= plane0 & inside;
        if (bits > 1)
        {
            codes[planeStride] |= plane1 & inside;
        }

        if (bits > 2)
        {
            codes[2 * planeStride] |= plane2 & inside;
        }

        if (bits > 3)
        {
            codes[3 * planeStride] |= plane3 & inside;
        }
    }

    // In an order of its own, not in that of the machine's vectors.
    private static double Sum(Vector512<float> value)
    {
        var (low, high) = Vector512.Widen(value);
        var eight = low + high;
        var four = eight.GetLower() + eight.GetUpper();
        var two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }

    private static Vector512<float> Inside(uint columns)
    {
        var lanes = Vector512.Create(1u, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        return (~Vector512.Equals(lanes & Vector512.Create(columns), Vector512<uint>.Zero)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Bits(Vector512<float> left, Vector512<float> right) =>
        (uint)Vector512.ExtractMostSignificantBits(left) | ((uint)Vector512.ExtractMostSignificantBits(right) << Half);
}
