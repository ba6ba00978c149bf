using System.Runtime.Intrinsics;

namespace Reparam.Compression.ShiftAdd;

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

    /// <summary>Sets the sign bits of the columns of one group and measures the error.</summary>
    /// <param name="row">The row's weights.</param>
    /// <param name="begin">First column of the group.</param>
    /// <param name="end">Column behind its last.</param>
    /// <param name="levels">The group's levels.</param>
    /// <param name="codes">The codes of all planes, zero where not yet written.</param>
    /// <param name="firstWord">Place of the row's first word in plane 0.</param>
    /// <param name="planeStride">Words from one plane to the next.</param>
    /// <returns>Squared error and squared norm of the group, normalized.</returns>
    public (double Error, double Norm) Write(
        ReadOnlySpan<float> row, int begin, int end, GroupLevels levels, Span<uint> codes, long firstWord, long planeStride)
    {
        var (first, second) = normalization.Factors;
        var x = stackalloc float[Word];
        var error = Vector512<float>.Zero;
        var norm = Vector512<float>.Zero;
        for (var word = begin / Word; word * Word < end; word++)
        {
            var low = Math.Max(begin, word * Word);
            var high = Math.Min(end, (word + 1) * Word);
            var span = new Span<float>(x, Word);
            if (high - low < Word)
            {
                span.Clear();
            }

            row[low..high].CopyTo(span[(low - word * Word)..]);

            var left = Vector512.Load(x) * first * second;
            var right = Vector512.Load(x + Half) * first * second;
            var negative = Bits(left, right);
            left = Vector512.Abs(left);
            right = Vector512.Abs(right);

            var plane0 = Select(levels.Planes[0], 0);
            var plane1 = Select(levels.Planes[0], 1);
            var plane2 = Select(levels.Planes[0], 2);
            var plane3 = Select(levels.Planes[0], 3);
            var leftLevel = Vector512.Create(levels.Levels[0]);
            var rightLevel = leftLevel;
            for (var r = 1; r < levels.Number; r++)
            {
                var threshold = Vector512.Create(levels.Thresholds[r]);
                var level = Vector512.Create(levels.Levels[r]);
                var leftAbove = Vector512.GreaterThanOrEqual(left, threshold);
                var rightAbove = Vector512.GreaterThanOrEqual(right, threshold);
                leftLevel = Vector512.ConditionalSelect(leftAbove, level, leftLevel);
                rightLevel = Vector512.ConditionalSelect(rightAbove, level, rightLevel);
                var above = Bits(leftAbove, rightAbove);
                var flips = levels.Planes[r] ^ levels.Planes[r - 1];
                plane0 ^= above & Select(flips, 0);
                plane1 ^= above & Select(flips, 1);
                plane2 ^= above & Select(flips, 2);
                plane3 ^= above & Select(flips, 3);
            }

            var inside = (uint)((1UL << (high - low)) - 1) << (low - word * Word);
            var place = firstWord + word;
            codes[(int)place] |= (plane0 ^ negative) & inside;
            if (bits > 1)
            {
                codes[(int)(place + planeStride)] |= (plane1 ^ negative) & inside;
            }

            if (bits > 2)
            {
                codes[(int)(place + 2 * planeStride)] |= (plane2 ^ negative) & inside;
            }

            if (bits > 3)
            {
                codes[(int)(place + 3 * planeStride)] |= (plane3 ^ negative) & inside;
            }

            // Columns outside of the group are zeros here and must not count.
            var leftInside = Inside(inside);
            var rightInside = Inside(inside >> Half);
            var leftError = Vector512.ConditionalSelect(leftInside, left - leftLevel, Vector512<float>.Zero);
            var rightError = Vector512.ConditionalSelect(rightInside, right - rightLevel, Vector512<float>.Zero);
            error += leftError * leftError + rightError * rightError;
            norm += left * left + right * right;
        }

        return (Sum(error), Sum(norm));
    }

    private static double Sum(Vector512<float> value)
    {
        var sum = 0.0;
        for (var lane = 0; lane < Half; lane++)
        {
            sum += value[lane];
        }

        return sum;
    }

    private static Vector512<float> Inside(uint columns)
    {
        var lanes = Vector512.Create(1u, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768);
        return (~Vector512.Equals(lanes & Vector512.Create(columns), Vector512<uint>.Zero)).AsSingle();
    }

    private static uint Select(int planes, int plane) => 0u - (uint)((planes >> plane) & 1);

    private static uint Bits(Vector512<float> left, Vector512<float> right) =>
        (uint)Vector512.ExtractMostSignificantBits(left) | ((uint)Vector512.ExtractMostSignificantBits(right) << Half);
}
