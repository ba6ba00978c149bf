using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>
/// A first table: the groups are halved again and again at the median of whichever of half range, centre and mean distance from the centre varies most, until
/// there is a part for each profile; it spreads a binary progression over the mean range of its part.
/// </summary>
internal static class TableStart
{
    // Measured: the outermost levels lie a little inside the range of the group.
    private const double Inside = 0.95;

    private const int Features = 3;

    /// <summary>Forms the table.</summary>
    /// <param name="chunks">The sample.</param>
    /// <param name="bits">Planes.</param>
    /// <param name="indexBits">2^indexBits profiles.</param>
    /// <returns>[profiles, bits + 1].</returns>
    public static float[] Form<T>(IReadOnlyList<GroupBlocks<T>> chunks, int bits, int indexBits)
        where T : unmanaged, ILanes<T>
    {
        var features = Enumerable.Range(0, Features).Select(_ => new float[chunks.Sum(chunk => chunk.Groups)]).ToArray();
        var group = 0;
        foreach (var chunk in chunks)
        {
            for (var block = 0; block < chunk.Blocks; block++)
            {
                var inverse = chunk.Scales[block] > 0 ? 1 / chunk.Scales[block] : 0;
                for (var g = chunk.FirstGroup(block); g < chunk.FirstGroup(block + 1); g++, group++)
                {
                    Describe(chunk, g, inverse, features, group);
                }
            }
        }

        var table = new float[(bits + 1) << indexBits];
        Divide(Enumerable.Range(0, group).ToArray(), features, indexBits, bits, table);
        return table;
    }

    private static void Describe<T>(GroupBlocks<T> chunk, int group, float inverse, float[][] features, int place)
        where T : unmanaged, ILanes<T>
    {
        var (low, high) = (float.PositiveInfinity, float.NegativeInfinity);
        for (var k = 0; k < GroupTile.Size; k++)
        {
            if (chunk.Importance(group, k) > 0)
            {
                low = Math.Min(low, chunk.Value(group, k) * inverse);
                high = Math.Max(high, chunk.Value(group, k) * inverse);
            }
        }

        if (low > high)
        {
            return;
        }

        var centre = (low + high) / 2;
        float sum = 0, count = 0;
        for (var k = 0; k < GroupTile.Size; k++)
        {
            if (chunk.Importance(group, k) > 0)
            {
                sum += Math.Abs(chunk.Value(group, k) * inverse - centre);
                count++;
            }
        }

        features[0][place] = (high - low) / 2;
        features[1][place] = centre;
        features[2][place] = sum / count;
    }

    private static void Divide(Span<int> groups, float[][] features, int indexBits, int bits, Span<float> table)
    {
        if (indexBits == 0)
        {
            var range = Inside * Mean(groups, features[0]) / ((1 << bits) - 1);
            for (var b = 0; b < bits; b++)
            {
                table[b] = (float)(range * (1 << (bits - 1 - b)));
            }

            table[bits] = (float)Mean(groups, features[1]);
            return;
        }

        // A part too small to be halved is given to both halves.
        var widest = Widest(groups, features);
        groups.Sort((left, right) => widest[left] != widest[right] ? widest[left].CompareTo(widest[right]) : left - right);
        var middle = groups.Length / 2;
        Divide(groups.Length < 2 ? groups : groups[..middle], features, indexBits - 1, bits, table[..(table.Length / 2)]);
        Divide(groups.Length < 2 ? groups : groups[middle..], features, indexBits - 1, bits, table[(table.Length / 2)..]);
    }

    private static float[] Widest(ReadOnlySpan<int> groups, float[][] features)
    {
        var widest = features[0];
        var variance = double.NegativeInfinity;
        foreach (var feature in features)
        {
            var mean = Mean(groups, feature);
            var sum = 0.0;
            foreach (var group in groups)
            {
                sum += (feature[group] - mean) * (feature[group] - mean);
            }

            if (sum > variance)
            {
                (widest, variance) = (feature, sum);
            }
        }

        return widest;
    }

    private static double Mean(ReadOnlySpan<int> groups, float[] feature)
    {
        var sum = 0.0;
        foreach (var group in groups)
        {
            sum += feature[group];
        }

        return groups.Length == 0 ? 0 : sum / groups.Length;
    }
}
