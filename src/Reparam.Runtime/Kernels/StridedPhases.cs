using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
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
            Fill(target, first, padding);
            Take(row + (first * stride) - shift, row + width, stride, target + first, end - first);
            Fill(target + end, phaseWidth - end, padding);
        }
    }

    /// <summary>Writes a row whose stride is 1.</summary>
    /// <param name="row">[width].</param>
    /// <param name="width">Columns of the row to take, at least 1.</param>
    /// <param name="before">Columns of padding before it.</param>
    /// <param name="padding">Value outside the row.</param>
    /// <param name="target">[length].</param>
    /// <param name="length">Columns to write, at least those of the padding and of the row.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Copy(float* row, int width, int before, float padding, float* target, int length)
    {
        Fill(target, before, padding);
        Copy(row, target + before, width);
        Fill(target + before + width, length - before - width, padding);
    }

    // A few elements mostly.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fill(float* target, int count, float value)
    {
        for (var i = 0; i < count; i++)
        {
            target[i] = value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Take(float* source, float* end, int stride, float* target, int count)
    {
        if (stride == 1)
        {
            Copy(source, target, count);
            return;
        }

        var i = 0;
        if (stride == 2 && Avx2.IsSupported && count >= Vector256<float>.Count)
        {
            for (; i + 8 <= count && source + (2 * i) + 16 <= end; i += 8)
            {
                Deinterleave(source + (2 * i), 0b10_00_10_00).Store(target + i);
            }

            // The last ones, reaching back; those of odd places of what begins a column earlier where the row ends with them.
            var last = count - Vector256<float>.Count;
            if (i < count && i > 0)
            {
                var from = source + (2 * last);
                (from + 16 <= end ? Deinterleave(from, 0b10_00_10_00) : Deinterleave(from - 1, 0b11_01_11_01)).Store(target + last);
                return;
            }
        }

        for (; i < count; i++)
        {
            target[i] = source[i * stride];
        }
    }

    // Every other of sixteen neighbours.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Deinterleave(float* source, [ConstantExpected] byte control)
    {
        var pairs = Avx.Shuffle(Vector256.Load(source), Vector256.Load(source + Vector256<float>.Count), control);
        return Avx2.Permute4x64(pairs.AsDouble(), 0b11_01_10_00).AsSingle();
    }

    // Whole vectors, the last of which reaches back.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy(float* source, float* target, int count)
    {
        if (count < Vector256<float>.Count)
        {
            for (var i = 0; i < count; i++)
            {
                target[i] = source[i];
            }

            return;
        }

        var last = count - Vector256<float>.Count;
        for (var i = 0; i < last; i += Vector256<float>.Count)
        {
            Vector256.Load(source + i).Store(target + i);
        }

        Vector256.Load(source + last).Store(target + last);
    }

    private static int DivideUp(int value, int divisor) => divisor <= 2 ? (value + divisor - 1) >> (divisor - 1) : value <= 0 ? -(-value / divisor) : ((value - 1) / divisor) + 1;
}
