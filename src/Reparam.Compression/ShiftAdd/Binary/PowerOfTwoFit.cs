using System.Runtime.CompilerServices;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// Replaces free scales by sums of powers of two, in every lane for a group of its own. All 2^bits ways to round each scale down or up are tried with the
/// nearest codes of each, and from the best, steps on the grid are taken as long as they lower the error.
/// </summary>
/// <typeparam name="T">The vector.</typeparam>
internal readonly unsafe ref struct PowerOfTwoFit<T>
    where T : unmanaged, ILanes<T>
{
    private const int MaxBits = 4;
    private const int MaxSweeps = 1000;

    private readonly CountedMagnitudes<T> x;
    private readonly int bits;
    private readonly ShiftAddAttribute options;
    private readonly PowerOfTwoGrid grid;
    private readonly int* zeros;
    private readonly T largest;

    /// <summary>Takes the magnitudes of <c>T.Count</c> groups.</summary>
    /// <param name="magnitudes">The magnitudes.</param>
    /// <param name="options">Bits, terms and quality.</param>
    /// <param name="zeros">[T.Count]: the place on the grid that is 0 for a group, in the units of the magnitudes.</param>
    /// <param name="largest">What the scales may sum to at most, in the same units.</param>
    public PowerOfTwoFit(CountedMagnitudes<T> magnitudes, ShiftAddAttribute options, int* zeros, T largest)
    {
        x = magnitudes;
        bits = options.Bits;
        this.options = options;
        grid = PowerOfTwoGrid.Of(options.ScaleTerms);
        this.zeros = zeros;
        this.largest = largest;
    }

    /// <summary>Finds scales on the grid.</summary>
    /// <param name="ends">[<see cref="GroupFit{T}.Ends"/>, bits, T.Count], the sets of free scales that the starts ended with, the best first.</param>
    /// <param name="indices">[bits, T.Count]: their places on the grid, in no order.</param>
    public void Fit(float* ends, int* indices)
    {
        var bestError = T.Create(float.PositiveInfinity);
        var start = stackalloc T[MaxBits];
        for (var i = 0; i < bits * T.Count; i++)
        {
            indices[i] = zeros[i % T.Count];
        }

        Search(Load(ends, start), indices, ref bestError);

        // Three terms come so close that the best set stays the best. With fewer, another may lie nearer to the grid.
        if (options.Quality == CodingQuality.Fast || options.ScaleTerms == 3)
        {
            return;
        }

        Chain(start);
        Search(start, indices, ref bestError);
        for (var end = 1; end < GroupFit<T>.Ends; end++)
        {
            Search(Load(ends + end * bits * T.Count, start), indices, ref bestError);
        }

        foreach (var shape in options.ScaleTerms == 1 ? ScaleStarts.Shapes(bits, options.Quality) : [])
        {
            for (var i = 0; i < bits; i++)
            {
                start[i] = x.Largest * T.Create(shape[i]);
            }

            Search(start, indices, ref bestError);
        }
    }

    private T* Load(float* scales, T* start)
    {
        for (var i = 0; i < bits; i++)
        {
            start[i] = T.Load(scales + i * T.Count);
        }

        return start;
    }

    // The greedy scales, each rounded before the next is taken from what is left.
    private void Chain(T* scales)
    {
        var values = stackalloc float[T.Count];
        var inverse = T.Create(1f / x.Length);
        for (var i = 0; i < bits; i++)
        {
            (x.SumOfRemainders(scales, i) * inverse).Store(values);
            for (var lane = 0; lane < T.Count; lane++)
            {
                var floor = Math.Max(grid.Floor(values[lane]), zeros[lane]);
                var (below, above) = (Value(floor, lane), Value(floor + 1, lane));
                values[lane] = values[lane] - below <= above - values[lane] ? below : above;
            }

            scales[i] = T.Load(values);
        }
    }

    // Replaces the indices where the way down from a start ends lower.
    private void Search(T* start, int* indices, ref T bestError)
    {
        var places = stackalloc int[MaxBits * T.Count];
        var below = stackalloc float[MaxBits * T.Count];
        var above = stackalloc float[MaxBits * T.Count];
        for (var i = 0; i < bits; i++)
        {
            var scales = below + i * T.Count;
            start[i].Store(scales);
            for (var lane = 0; lane < T.Count; lane++)
            {
                var place = i * T.Count + lane;
                places[place] = Math.Max(grid.Floor(scales[lane]), zeros[lane]);
                above[place] = Value(places[place] + 1, lane);
                below[place] = Value(places[place], lane);
            }
        }

        var trial = stackalloc T[MaxBits];
        var found = stackalloc T[MaxBits];
        var lowest = T.Create(float.PositiveInfinity);
        for (var i = 0; i < bits; i++)
        {
            found[i] = T.Load(below + i * T.Count);
        }

        for (var ups = 0; ups < 1 << bits; ups++)
        {
            for (var i = 0; i < bits; i++)
            {
                trial[i] = T.Load((((ups >> i) & 1) != 0 ? above : below) + i * T.Count);
            }

            Keep(trial, found, ref lowest);
        }

        for (var i = 0; i < bits; i++)
        {
            found[i].Store(above);
            for (var lane = 0; lane < T.Count; lane++)
            {
                var place = i * T.Count + lane;
                places[place] += above[lane] == below[place] ? 0 : 1;
            }
        }

        Descend(places, found, ref lowest);
        var better = T.Less(lowest, bestError);
        bestError = T.Select(better, lowest, bestError);
        better.Store(above);
        for (var place = 0; place < bits * T.Count; place++)
        {
            indices[place] = IsSet(above[place % T.Count]) ? places[place] : indices[place];
        }
    }

    private void Descend(int* places, T* found, ref T lowest)
    {
        // The grid of three terms is fine: the first steps are longer. A few sweeps suffice; the bound is for groups whose errors are all rounding.
        for (var step = 1 << (options.ScaleTerms - 1); step >= 1; step /= 2)
        {
            for (var sweep = 0; sweep < MaxSweeps && Sweep(places, step, found, ref lowest); sweep++)
            {
            }
        }
    }

    // Moves each scale down and up; whether the error of a lane fell.
    private bool Sweep(int* places, int step, T* found, ref T lowest)
    {
        var trial = stackalloc T[MaxBits];
        var values = stackalloc float[T.Count];
        var improved = false;
        for (var move = 0; move < 2 * bits; move++)
        {
            var i = move / 2;
            var way = move % 2 == 0 ? -step : step;
            var here = places + i * T.Count;
            for (var lane = 0; lane < T.Count; lane++)
            {
                values[lane] = Value(here[lane] + way, lane);
            }

            for (var j = 0; j < bits; j++)
            {
                trial[j] = found[j];
            }

            trial[i] = T.Load(values);
            var better = Keep(trial, found, ref lowest);
            better.Store(values);
            for (var lane = 0; lane < T.Count; lane++)
            {
                if (IsSet(values[lane]))
                {
                    here[lane] = Math.Max(here[lane] + way, zeros[lane]);
                    improved = true;
                }
            }
        }

        return improved;
    }

    // Replaces the scales in the lanes where the trial has a lower error; returns those lanes.
    private T Keep(T* trial, T* found, ref T lowest)
    {
        var error = SquaredError(trial);
        var better = T.Less(error, lowest);
        lowest = T.Select(better, error, lowest);
        for (var i = 0; i < bits; i++)
        {
            found[i] = T.Select(better, trial[i], found[i]);
        }

        return better;
    }

    private T SquaredError(T* scales)
    {
        var sorted = stackalloc T[MaxBits];
        var sum = scales[0];
        sorted[0] = scales[0];
        for (var i = 1; i < bits; i++)
        {
            sum += scales[i];
            sorted[i] = scales[i];
            for (var j = i; j > 0; j--)
            {
                (sorted[j - 1], sorted[j]) = (T.Max(sorted[j - 1], sorted[j]), T.Min(sorted[j - 1], sorted[j]));
            }
        }

        return T.Select(T.Less(largest, sum), T.Create(float.PositiveInfinity), LevelError<T>.Of(x, sorted, bits));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Value(int index, int lane) => index <= zeros[lane] ? 0 : grid.Single(index);

    private static bool IsSet(float mask) => BitConverter.SingleToInt32Bits(mask) != 0;
}
