using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Tests.Packed.Uniform;

/// <summary>Random matrices on uniform grids, in canonical form.</summary>
internal static class UniformMatrices
{
    /// <summary>A matrix whose integers take the whole range, with scales of one power of two and rows of others.</summary>
    public static UniformMatrix Random(
        int rows, int columns, int bits, int groupSize, bool symmetric, UniformInputs? inputs = null, int exponent = 0, int seed = 1)
    {
        var random = new Random((((((rows * 1009) + columns) * 1009) + bits) * 1009) + groupSize + (7919 * seed));
        var groups = groupSize == 0 ? 1 : ((columns - 1) / groupSize) + 1;
        var scales = new Half[rows * groups];
        foreach (ref var scale in scales.AsSpan())
        {
            scale = (Half)(0.5f + (random.NextSingle() / 2));
        }

        var exponents = new sbyte[rows];
        foreach (ref var one in exponents.AsSpan())
        {
            one = (sbyte)(exponent - random.Next(3));
        }

        var zeros = symmetric ? null : Random(rows, groups, bits, random);
        return Of(rows, columns, bits, groupSize, Random(rows, columns, bits, random), scales, exponents, zeros, inputs);
    }

    /// <summary>A matrix of given integers: [rows, columns], and zero points [rows, groups] or null.</summary>
    public static UniformMatrix Of(
        int rows, int columns, int bits, int groupSize, byte[] integers, Half[] scales, sbyte[] exponents, byte[]? zeros = null,
        UniformInputs? inputs = null) =>
        new(rows, columns, bits, groupSize, Pack(integers, rows, bits), scales, exponents, zeros is null ? [] : Pack(zeros, rows, bits), inputs);

    /// <summary>A grid for all inputs, or one for each channel.</summary>
    public static UniformInputs Inputs(int bits, int channels, float scale = 1 / 32f, int seed = 3)
    {
        var random = new Random(seed + channels);
        var scales = new float[channels];
        var zeros = new byte[channels];
        for (var i = 0; i < channels; i++)
        {
            scales[i] = scale * (1 << random.Next(3));
            zeros[i] = (byte)random.Next(1 << bits);
        }

        return new UniformInputs(bits, scales, zeros);
    }

    /// <summary>The input row that a product sees: the definition of the grid, in double precision.</summary>
    public static float[] Rounded(UniformInputs grid, float[] x, int columns)
    {
        var rounded = new float[x.Length];
        for (var i = 0; i < x.Length; i++)
        {
            var channel = i % columns / (columns / grid.Channels);
            var (scale, zero) = (grid.Scales.Span[channel], grid.ZeroPoints.Span[channel]);
            var u = Math.Clamp(Math.Round((double)(x[i] / scale)) + zero, 0, (1 << grid.Bits) - 1);
            rounded[i] = (float)(scale * (u - zero));
        }

        return rounded;
    }

    private static byte[] Random(int rows, int count, int bits, Random random)
    {
        var integers = new byte[rows * count];
        foreach (ref var integer in integers.AsSpan())
        {
            integer = (byte)random.Next(1 << bits);
        }

        return integers;
    }

    private static byte[] Pack(byte[] integers, int rows, int bits)
    {
        var count = integers.Length / rows;
        var bytes = BitString.Bytes(count, bits);
        var packed = new byte[rows * bytes];
        for (var row = 0; row < rows; row++)
        {
            BitString.Pack(integers.AsSpan(row * count, count), bits, packed.AsSpan(row * bytes, bytes));
        }

        return packed;
    }
}
