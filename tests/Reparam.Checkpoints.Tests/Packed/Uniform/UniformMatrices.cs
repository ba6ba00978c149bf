using CsCheck;
using Reparam.Checkpoints.Packed;

namespace Reparam.Checkpoints.Tests.Packed.Uniform;

/// <summary>Random matrices on uniform grids in canonical form, of odd sizes.</summary>
internal static class UniformMatrices
{
    public static readonly Gen<UniformMatrix> Any =
        from rows in Gen.Int[1, 6]
        from columns in Gen.Int[1, 140]
        from bits in Gen.Int[2, 8]
        from groupSize in Gen.Int[0, 17].Select(static eighths => 8 * eighths)
        from symmetric in Gen.Bool
        from activations in Gen.OneOf(Gen.Const(0), Gen.Int[2, 8])
        from perChannel in Gen.Bool
        from seed in Gen.Int
        select Create(rows, columns, bits, groupSize < columns ? groupSize : 0, symmetric, activations, perChannel, seed);

    public static UniformMatrix Create(
        int rows, int columns, int bits, int groupSize, bool symmetric, int activations = 0, bool perChannel = false, int seed = 1)
    {
        var random = new Random(seed);
        var width = groupSize == 0 ? columns : groupSize;
        var groups = (columns + width - 1) / width;
        var (scales, zeros, exponents) = (new Half[rows * groups], new byte[rows][], new sbyte[rows]);
        var codes = new byte[rows][];
        for (var row = 0; row < rows; row++)
        {
            exponents[row] = (sbyte)random.Next(-20, 20);
            zeros[row] = [.. Enumerable.Range(0, groups).Select(_ => (byte)random.Next(1 << bits))];
            codes[row] = new byte[columns];
            for (var k = 0; k < columns; k++)
            {
                codes[row][k] = (byte)random.Next(1 << bits);
            }

            for (var group = 0; group < groups; group++)
            {
                if (random.Next(8) > 0)
                {
                    scales[row * groups + group] = (Half)(random.NextDouble() + 0.01);
                    continue;
                }

                var zero = symmetric ? (byte)(1 << (bits - 1)) : zeros[row][group];
                codes[row].AsSpan(group * width, Math.Min(width, columns - group * width)).Fill(zero);
            }
        }

        UniformInputs? inputs = null;
        if (activations != 0)
        {
            var channels = perChannel ? columns : 1;
            inputs = new UniformInputs(
                activations,
                Enumerable.Range(0, channels).Select(_ => random.NextSingle() + 0.01f).ToArray(),
                Enumerable.Range(0, channels).Select(_ => (byte)random.Next(1 << activations)).ToArray());
        }

        return new UniformMatrix(
            rows, columns, bits, groupSize, Pack(codes, bits), scales, exponents, symmetric ? Array.Empty<byte>() : Pack(zeros, bits), inputs);
    }

    public static byte[] Pack(byte[][] rows, int bits)
    {
        var bytes = BitString.Bytes(rows[0].Length, bits);
        var packed = new byte[rows.Length * bytes];
        for (var row = 0; row < rows.Length; row++)
        {
            BitString.Pack(rows[row], bits, packed.AsSpan(row * bytes, bytes));
        }

        return packed;
    }
}
