using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>
/// Rounds a table to integers in units of a step. Each profile goes to the best of the corners around its least-squares fit, measured by its own quadratic
/// form; of many steps the one with the smallest sum is taken, so a rare wide profile is cut where it would cost the others their resolution.
/// </summary>
internal static class TableRounding
{
    private const int Largest = 127;
    private const int Steps = 24;
    private const double StepRatio = 0.95;

    /// <summary>Rounds a table.</summary>
    /// <param name="table">[profiles, bits + 1], relative to the super-scale.</param>
    /// <param name="sums">Sums over the members of each profile, see <see cref="ProfileStatistics"/>.</param>
    /// <param name="bits">Planes.</param>
    /// <param name="indexBits">2^indexBits profiles.</param>
    public static ProfileTable Round(ReadOnlySpan<float> table, ReadOnlySpan<double> sums, int bits, int indexBits)
    {
        var entries = bits + 1;
        var profiles = table.Length / entries;
        var count = ProfileStatistics.Count(bits);
        Span<double> workspace = stackalloc double[entries * (entries + 1)];
        var exact = new double[table.Length];
        var top = 0.0;
        for (var p = 0; p < profiles; p++)
        {
            var profile = exact.AsSpan(p * entries, entries);
            for (var i = 0; i < entries; i++)
            {
                profile[i] = table[p * entries + i];
            }

            new ProfileRefit(sums.Slice(p * count, count), bits, workspace).Solve(profile);
            ProfileRefit.Nest(profile);
            foreach (var entry in profile)
            {
                top = Math.Max(top, Math.Abs(entry));
            }
        }

        // A table of zeros may have any step.
        top = top > 0 ? top : 1;
        var minimum = double.PositiveInfinity;
        sbyte[] best = [];
        var bestStep = 0f;
        var step = top / Largest;
        for (var trial = 0; trial < Steps; trial++, step *= StepRatio)
        {
            var rounded = new sbyte[table.Length];
            var cost = 0.0;
            for (var p = 0; p < profiles; p++)
            {
                var form = new ProfileRefit(sums.Slice(p * count, count), bits, workspace);
                var corners = sums[p * count + ProfileStatistics.Weight] > 0 ? 1 << entries : 1;
                cost += Round(exact.AsSpan(p * entries, entries), form, corners, (float)step, rounded.AsSpan(p * entries, entries));
            }

            if (cost < minimum)
            {
                (minimum, best, bestStep) = (cost, rounded, (float)step);
            }
        }

        return new ProfileTable(bits, indexBits, bestStep, best);
    }

    // Tries both neighbours of every entry, or the lower ones alone where nothing depends on it; amplitudes that are no longer nested are raised.
    private static double Round(ReadOnlySpan<double> profile, ProfileRefit form, int corners, float step, Span<sbyte> rounded)
    {
        Span<double> units = stackalloc double[profile.Length];
        Span<double> corner = stackalloc double[profile.Length];
        Span<double> value = stackalloc double[profile.Length];
        Scale(profile, step, units);
        var minimum = double.PositiveInfinity;
        for (var pattern = 0; pattern < corners; pattern++)
        {
            for (var i = 0; i < profile.Length; i++)
            {
                corner[i] = ((pattern >> i) & 1) != 0 ? Math.Ceiling(units[i]) : Math.Floor(units[i]);
            }

            ProfileRefit.Nest(corner);
            if (corner[0] > Largest)
            {
                continue;
            }

            for (var i = 0; i < profile.Length; i++)
            {
                value[i] = corner[i] * step;
            }

            var cost = form.Cost(value);
            if (cost < minimum)
            {
                minimum = cost;
                for (var i = 0; i < profile.Length; i++)
                {
                    rounded[i] = (sbyte)corner[i];
                }
            }
        }

        return minimum;
    }

    // In units of the step, cut to what a byte holds; nested amplitudes stay so.
    private static void Scale(ReadOnlySpan<double> profile, float step, Span<double> units)
    {
        var tail = 0.0;
        for (var i = 0; i < profile.Length; i++)
        {
            units[i] = Math.Clamp(profile[i] / step, -Largest, Largest);
            tail += i > 0 && i < profile.Length - 1 ? profile[i] / step : 0;
        }

        for (var i = 1; i < profile.Length - 1 && tail > units[0]; i++)
        {
            units[i] = profile[i] / step * (units[0] / tail);
        }
    }
}
