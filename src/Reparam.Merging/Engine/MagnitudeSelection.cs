namespace Reparam.Merging.Engine;

/// <summary>Finds the largest magnitudes of a sequence that need not fit into memory. The result is that of a stable sort by falling magnitude.</summary>
internal static class MagnitudeSelection
{
    private const int Digits = 16;
    private const int Bins = 1 << Digits;
    private const int FewEnough = 1 << 20;

    // The bits of a magnitude, from the highest: 15 behind the sign, then three times 16.
    private static readonly int[] Shifts = [48, 32, 16, 0];

    /// <summary>Reads values of the sequence.</summary>
    /// <param name="start">Index of the first.</param>
    /// <param name="destination">As many as are read.</param>
    public delegate void Reader(long start, Span<double> destination);

    /// <summary>Finds the <paramref name="count"/> largest.</summary>
    /// <param name="elements">Number of values.</param>
    /// <param name="count">At least 1.</param>
    /// <param name="read">Reads values; called on several threads.</param>
    /// <param name="threads">Threads to use; the result does not depend on it.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static MagnitudeCut Largest(long elements, long count, Reader read, int threads, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (count >= elements)
        {
            return MagnitudeCut.All;
        }

        if (elements <= FewEnough)
        {
            var values = new double[elements];
            read(0, values);
            read = (start, destination) => values.AsSpan((int)start, destination.Length).CopyTo(destination);
        }

        ulong prefix = 0;
        var (mask, left, equal) = (0UL, count, elements);
        foreach (var shift in Shifts)
        {
            if (equal <= FewEnough && mask != 0)
            {
                return Finish(elements, Collect(elements, prefix, mask, read, cancellation), left, read, cancellation);
            }

            var histogram = Count(elements, prefix, mask, shift, read, threads, cancellation);
            var bin = Bins - 1;
            for (; histogram[bin] < left; bin--)
            {
                left -= histogram[bin];
            }

            equal = histogram[bin];
            prefix |= (ulong)bin << shift;
            mask |= (ulong)(Bins - 1) << shift;
        }

        return Finish(elements, prefix, equal, left, read, cancellation);
    }

    private static MagnitudeCut Finish(long elements, List<ulong> candidates, long left, Reader read, CancellationToken cancellation)
    {
        candidates.Sort();
        var threshold = candidates[^(int)left];
        var equal = candidates.LongCount(candidate => candidate == threshold);
        var above = candidates.LongCount(candidate => candidate > threshold);
        return Finish(elements, threshold, equal, left - above, read, cancellation);
    }

    // Of those that are equal to the threshold, the first ones by index are taken.
    private static MagnitudeCut Finish(long elements, ulong threshold, long equal, long wanted, Reader read, CancellationToken cancellation)
    {
        var last = long.MaxValue;
        if (wanted < equal)
        {
            ForEach(elements, read, cancellation, (bits, index) =>
            {
                if (bits == threshold && --wanted == 0)
                {
                    last = index;
                }
            });
        }

        return new MagnitudeCut(BitConverter.UInt64BitsToDouble(threshold), last);
    }

    private static List<ulong> Collect(long elements, ulong prefix, ulong mask, Reader read, CancellationToken cancellation)
    {
        var found = new List<ulong>();
        ForEach(elements, read, cancellation, (bits, _) =>
        {
            if ((bits & mask) == prefix)
            {
                found.Add(bits);
            }
        });
        return found;
    }

    private static long[] Count(long elements, ulong prefix, ulong mask, int shift, Reader read, int threads, CancellationToken cancellation)
    {
        var total = new long[Bins];
        var blocks = (elements + Blocks.Length - 1) / Blocks.Length;
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        Parallel.For(
            0L, blocks, options,
            () => (Counts: new long[Bins], Values: new double[Blocks.Length]),
            (block, _, local) =>
            {
                var start = block * Blocks.Length;
                var values = local.Values.AsSpan(0, Blocks.LengthAt(start, elements));
                read(start, values);
                foreach (var value in values)
                {
                    var bits = BitConverter.DoubleToUInt64Bits(Math.Abs(value));
                    if ((bits & mask) == prefix)
                    {
                        local.Counts[(bits >> shift) & (Bins - 1)]++;
                    }
                }

                return local;
            },
            local =>
            {
                lock (total)
                {
                    for (var i = 0; i < Bins; i++)
                    {
                        total[i] += local.Counts[i];
                    }
                }
            });
        return total;
    }

    private static void ForEach(long elements, Reader read, CancellationToken cancellation, Action<ulong, long> visit)
    {
        var buffer = new double[Math.Min(Blocks.Length, elements)];
        for (long start = 0; start < elements; start += Blocks.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            var values = buffer.AsSpan(0, Blocks.LengthAt(start, elements));
            read(start, values);
            for (var i = 0; i < values.Length; i++)
            {
                visit(BitConverter.DoubleToUInt64Bits(Math.Abs(values[i])), start + i);
            }
        }
    }
}
