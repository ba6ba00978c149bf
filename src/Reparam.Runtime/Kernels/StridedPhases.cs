using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// A padded row sorted by the remainder of its columns by a stride: column c of it lies at phase c mod stride, place c / stride. What windows with that
/// stride take at one of their offsets is then a run of neighbours.
/// </summary>
internal static unsafe class StridedPhases
{
    /// <summary>Writes the phases [stride, phaseWidth] of a row.</summary>
    /// <param name="row">[width].</param>
    /// <param name="width">Its length.</param>
    /// <param name="before">Columns of padding before it.</param>
    /// <param name="stride">At least 1.</param>
    /// <param name="padding">Value outside the row.</param>
    /// <param name="target">Where the first phase begins.</param>
    /// <param name="phaseWidth">Length of a phase; columns past the last place are dropped.</param>
    public static void Split(float* row, int width, int before, int stride, float padding, float* target, int phaseWidth)
    {
        for (var phase = 0; phase < stride; phase++, target += phaseWidth)
        {
            // Place j is column j·stride + phase − before of the row.
            var shift = before - phase;
            var first = Math.Clamp(DivideUp(shift, stride), 0, phaseWidth);
            var end = Math.Clamp(DivideUp(width + shift, stride), first, phaseWidth);
            new Span<float>(target, first).Fill(padding);
            Take(row + (first * stride) - shift, row + width, stride, target + first, end - first);
            new Span<float>(target + end, phaseWidth - end).Fill(padding);
        }
    }

    private static void Take(float* source, float* end, int stride, float* target, int count)
    {
        if (stride == 1)
        {
            new ReadOnlySpan<float>(source, count).CopyTo(new Span<float>(target, count));
            return;
        }

        var i = 0;
        if (stride == 2 && Avx2.IsSupported)
        {
            for (; i + 8 <= count && source + (2 * i) + 16 <= end; i += 8)
            {
                var pairs = Avx.Shuffle(Vector256.Load(source + (2 * i)), Vector256.Load(source + (2 * i) + 8), 0b10_00_10_00);
                Avx2.Permute4x64(pairs.AsDouble(), 0b11_01_10_00).AsSingle().Store(target + i);
            }
        }

        for (; i < count; i++)
        {
            target[i] = source[i * stride];
        }
    }

    private static int DivideUp(int value, int divisor) => value <= 0 ? -(-value / divisor) : ((value - 1) / divisor) + 1;
}
