namespace Reparam.Compression.ShiftAdd;

/// <summary>
/// Replaces free scales by sums of powers of two. All 2^bits ways to round each scale down or up are tried with the nearest codes of each, and from
/// the best, single steps on the grid are taken as long as they lower the error.
/// </summary>
/// <param name="terms">Powers of two in a scale, 1 to 3.</param>
/// <param name="bits">Number of scales, 1 to 4.</param>
/// <param name="largestLevel">What the scales may sum to at most.</param>
internal readonly ref struct PowerOfTwoFit(int terms, int bits, double largestLevel)
{
    private const int MaxBits = 4;

    private readonly PowerOfTwoGrid grid = PowerOfTwoGrid.Of(terms);

    /// <summary>Finds scales on the grid.</summary>
    /// <param name="group">The magnitudes.</param>
    /// <param name="ends">[ends, bits], the sets of free scales that the starts ended with, the best first.</param>
    /// <param name="indices">[bits]: places on the grid, descending.</param>
    public void Fit(SortedGroup group, ReadOnlySpan<float> ends, Span<int> indices)
    {
        var best = double.PositiveInfinity;
        indices.Fill(grid.ZeroIndex);
        Search(group, ends[..bits], indices, ref best);

        Span<float> start = stackalloc float[MaxBits];
        start = start[..bits];
        Chain(group.Magnitudes, start);
        Search(group, start, indices, ref best);

        // Three terms come so close that the best set stays the best. With fewer, another may lie nearer to the grid.
        for (var end = bits; end < ends.Length && terms < 3; end += bits)
        {
            Search(group, ends.Slice(end, bits), indices, ref best);
        }

        foreach (var shape in terms == 1 ? ScaleStarts.Shapes(bits, CodingQuality.Default) : [])
        {
            for (var i = 0; i < bits; i++)
            {
                start[i] = shape[i] * group.Magnitudes[^1];
            }

            Search(group, start, indices, ref best);
        }
    }

    // The greedy scales, each rounded before the next is taken from what is left.
    private void Chain(ReadOnlySpan<float> magnitudes, Span<float> scales)
    {
        for (var i = 0; i < bits; i++)
        {
            var sum = 0.0;
            foreach (var x in magnitudes)
            {
                var remainder = x;
                for (var j = 0; j < i; j++)
                {
                    remainder = Math.Abs(remainder - scales[j]);
                }

                sum += remainder;
            }

            scales[i] = (float)grid.Value(grid.Nearest(sum / magnitudes.Length));
        }
    }

    // Replaces the indices if the way down from a start ends lower.
    private void Search(SortedGroup group, ReadOnlySpan<float> start, Span<int> indices, ref double best)
    {
        Span<int> floor = stackalloc int[MaxBits];
        Span<int> trial = stackalloc int[MaxBits];
        Span<int> found = stackalloc int[MaxBits];
        for (var i = 0; i < bits; i++)
        {
            floor[i] = grid.Floor(start[i]);
        }

        var lowest = double.PositiveInfinity;
        for (var ups = 0; ups < 1 << bits; ups++)
        {
            for (var i = 0; i < bits; i++)
            {
                trial[i] = floor[i] + ((ups >> i) & 1);
            }

            Keep(group, trial[..bits], found, ref lowest);
        }

        Descend(group, found, ref lowest);
        if (lowest < best)
        {
            best = lowest;
            found[..bits].CopyTo(indices);
        }
    }

    private void Descend(SortedGroup group, Span<int> indices, ref double best)
    {
        Span<int> trial = stackalloc int[MaxBits];
        bool improved;
        do
        {
            improved = false;
            for (var i = 0; i < bits; i++)
            {
                foreach (var step in (ReadOnlySpan<int>)[-1, 1])
                {
                    indices[..bits].CopyTo(trial);
                    trial[i] = Math.Max(trial[i] + step, grid.ZeroIndex);
                    improved |= Keep(group, trial[..bits], indices, ref best);
                }
            }
        }
        while (improved);
    }

    private bool Keep(SortedGroup group, Span<int> trial, Span<int> indices, ref double best)
    {
        trial.Sort();
        trial.Reverse();
        var error = SquaredError(group, trial);
        if (error >= best)
        {
            return false;
        }

        best = error;
        trial.CopyTo(indices);
        return true;
    }

    private double SquaredError(SortedGroup group, ReadOnlySpan<int> indices)
    {
        Span<double> levels = stackalloc double[1 << (MaxBits - 1)];
        levels = levels[..(1 << (bits - 1))];
        levels[0] = grid.Value(indices[0]);
        for (var i = 1; i < bits; i++)
        {
            var scale = grid.Value(indices[i]);
            var formed = 1 << (i - 1);
            for (var r = 0; r < formed; r++)
            {
                levels[formed + r] = levels[r] + scale;
                levels[r] -= scale;
            }
        }

        foreach (ref var level in levels)
        {
            level = Math.Abs(level);
        }

        levels.Sort();
        if (levels[^1] > largestLevel)
        {
            return double.PositiveInfinity;
        }

        return group.SquaredError(levels);
    }
}
