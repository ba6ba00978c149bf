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
    /// <param name="phases">Phases to write: the first of them.</param>
    public static void Split(float* row, int width, int before, int stride, float padding, float* target, int phaseWidth, int phases)
    {
        if (stride == 2 && phases == 2)
        {
            SplitInTwo(row, width, before, padding, target, phaseWidth);
            return;
        }

        for (var phase = 0; phase < phases; phase++, target += phaseWidth)
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

    // Both phases of a stride of 2 at once. Even columns of the row are all in one of them, odd ones in the other.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SplitInTwo(float* row, int width, int before, float padding, float* target, int phaseWidth)
    {
        var evenPhase = target + ((before & 1) * phaseWidth);
        var oddPhase = target + (((before + 1) & 1) * phaseWidth);
        var (evenStart, oddStart) = (Math.Min(before >> 1, phaseWidth), Math.Min((before + 1) >> 1, phaseWidth));
        var (evens, odds) = (Math.Min((width + 1) >> 1, phaseWidth - evenStart), Math.Min(width >> 1, phaseWidth - oddStart));
        Fill(evenPhase, evenStart, padding);
        Fill(oddPhase, oddStart, padding);
        float* even = evenPhase + evenStart, odd = oddPhase + oddStart;
        var i = 0;
        for (; Avx2.IsSupported && i + Vector256<float>.Count <= Math.Min(evens, odds); i += Vector256<float>.Count)
        {
            Deinterleave(row + (2 * i), 0b10_00_10_00).Store(even + i);
            Deinterleave(row + (2 * i), 0b11_01_11_01).Store(odd + i);
        }

        for (var j = i; j < evens; j++)
        {
            even[j] = row[2 * j];
        }

        for (var j = i; j < odds; j++)
        {
            odd[j] = row[(2 * j) + 1];
        }

        Fill(even + evens, phaseWidth - evenStart - evens, padding);
        Fill(odd + odds, phaseWidth - oddStart - odds, padding);
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
        if (stride == 2 && Avx2.IsSupported)
        {
            for (; i + 8 <= count && source + (2 * i) + 16 <= end; i += 8)
            {
                Deinterleave(source + (2 * i), 0b10_00_10_00).Store(target + i);
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

    private static int DivideUp(int value, int divisor) =>
        divisor <= 2 ? (value + divisor - 1) >> (divisor - 1) : value <= 0 ? -(-value / divisor) : ((value - 1) / divisor) + 1;
}
