using Reparam.Checkpoints.Packed;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Nested;
using Reparam.Compression.Simd;

namespace Reparam.Compression.Tests.ShiftAdd.Nested;

/// <summary>What matrices in nested profiles stand for, in double precision, and what they might stand for.</summary>
internal static class NestedMatrices
{
    /// <summary>Smallest error of a group over all profiles and all codes.</summary>
    public static double SmallestError(ProfileTable table, ReadOnlySpan<float> weights, double unit)
    {
        var smallest = double.PositiveInfinity;
        Span<double> levels = stackalloc double[1 << PlanesMatrix.MaxBits];
        for (var p = 0; p < table.Count; p++)
        {
            var profile = table.Profile(p);
            for (var code = 0; code < 1 << table.Bits; code++)
            {
                double level = profile[^1];
                for (var b = 0; b < table.Bits; b++)
                {
                    level += ((code >> b) & 1) != 0 ? profile[b] : -profile[b];
                }

                levels[code] = level * unit;
            }

            var error = 0.0;
            foreach (var weight in weights)
            {
                var nearest = double.PositiveInfinity;
                foreach (var level in levels[..(1 << table.Bits)])
                {
                    nearest = Math.Min(nearest, Math.Abs(weight - level));
                }

                error += nearest * nearest;
            }

            smallest = Math.Min(smallest, error);
        }

        return smallest;
    }

    /// <summary>Error of a group as it is coded.</summary>
    public static double Error(NestedMatrix matrix, int row, int group, ReadOnlySpan<float> weights, double unit)
    {
        var profile = matrix.Table.Profile(matrix.Profile(row, group));
        var codes = matrix.Codes.Span;
        var error = 0.0;
        for (var i = 0; i < weights.Length; i++)
        {
            var k = group * NestedMatrix.GroupSize + i;
            double level = profile[^1];
            for (var b = 0; b < matrix.Bits; b++)
            {
                var sign = (codes[(b * matrix.Rows + row) * matrix.BytesPerRow + k / 8] >> (k % 8)) & 1;
                level += sign != 0 ? profile[b] : -profile[b];
            }

            error += Math.Pow(weights[i] - level * unit, 2);
        }

        return error;
    }

    public static double RelativeError(float[] weights, int rows, int columns, ShiftAddAttribute options) =>
        RelativeError(weights, NestedCoder.Encode(weights, rows, columns, options).Matrix);

    /// <summary>Relative error with a table of another size.</summary>
    public static double RelativeError(float[] weights, int rows, int columns, int bits, int indexBits)
    {
        var source = new NestedSource(weights, NestedShape.Of(rows, columns, bits), "weights");
        var options = new ShiftAddAttribute(bits);
        var parallel = NestedCoder.Parallel(0, default);
        var table = NestedCoder.Learn<Lanes256>([source], indexBits, options, parallel);
        return RelativeError(weights, NestedCoder.Encode<Lanes256>(source, table, options, parallel).Matrix);
    }

    /// <summary>Learns and codes with a vector of choice.</summary>
    public static CodedLayer Encode<T>(float[] weights, int rows, int columns, ShiftAddAttribute options, int threads = 0)
        where T : unmanaged, ILanes<T>
    {
        var source = new NestedSource(weights, NestedShape.Of(rows, columns, options.Bits), "weights");
        var parallel = NestedCoder.Parallel(threads, default);
        return NestedCoder.Encode<T>(source, NestedCoder.Learn<T>([source], NestedShape.IndexBits(options.Bits, weights.Length), options, parallel), options, parallel);
    }

    public static double RelativeError(float[] weights, CodedMatrix matrix)
    {
        var decoded = matrix.Decode();
        double error = 0, norm = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            error += ((double)weights[i] - decoded[i]) * ((double)weights[i] - decoded[i]);
            norm += (double)weights[i] * weights[i];
        }

        return norm == 0 ? Math.Sqrt(error) : Math.Sqrt(error / norm);
    }

    public static void AssertSame(NestedMatrix expected, NestedMatrix actual)
    {
        Assert.Equal(expected.ScaleExponent, actual.ScaleExponent);
        AssertSameParts(expected, actual);
    }

    public static void AssertSameParts(NestedMatrix expected, NestedMatrix actual)
    {
        Assert.Equal(expected.Table.Step, actual.Table.Step);
        Assert.True(expected.Table.Entries.Span.SequenceEqual(actual.Table.Entries.Span), "tables differ");
        Assert.True(expected.SuperScales.Span.SequenceEqual(actual.SuperScales.Span), "super-scales differ");
        Assert.True(expected.Profiles.Span.SequenceEqual(actual.Profiles.Span), "profiles differ");
        Assert.True(expected.Codes.Span.SequenceEqual(actual.Codes.Span), "codes differ");
    }
}
