using CsCheck;
using Reparam.Checkpoints.Packed;

namespace Reparam.Checkpoints.Tests.Packed;

/// <summary>Random coded matrices in canonical form, of odd sizes.</summary>
internal static class CodedMatrices
{
    public static readonly Gen<BinaryCodedMatrix> Any =
        from rows in Gen.Int[1, 6]
        from columns in Gen.Int[1, 140]
        from bits in Gen.Int[1, 4]
        from groupSize in Gen.OneOf(Gen.Const(0), Gen.Int[1, 150])
        from scaleTerms in Gen.Int[0, 3]
        from exponent in Gen.Int[-20, 20]
        from seed in Gen.Int
        select Create(rows, columns, bits, groupSize, scaleTerms, exponent, seed);

    public static BinaryCodedMatrix Create(int rows, int columns, int bits, int groupSize, int scaleTerms, int exponent = 0, int seed = 1)
    {
        var random = new Random(seed);
        var words = (columns + 31) / 32;
        var codes = new uint[bits * rows * words];
        for (var i = 0; i < codes.Length; i++)
        {
            codes[i] = (uint)random.NextInt64(1L << 32);
            if (i % words == words - 1 && columns % 32 != 0)
            {
                codes[i] &= (1u << (columns % 32)) - 1;
            }
        }

        var groups = groupSize == 0 ? 1 : (columns + groupSize - 1) / groupSize;
        var scales = new Half[scaleTerms == 0 ? rows * groups * bits : 0];
        for (var i = 0; i < scales.Length; i++)
        {
            scales[i] = i % bits == 0 ? (Half)random.NextDouble() : (Half)((double)scales[i - 1] * random.NextDouble());
        }

        var terms = new byte[rows * groups * bits * scaleTerms];
        for (var i = 0; i < terms.Length; i++)
        {
            terms[i] = random.Next(4) == 0 ? (byte)0 : BinaryCodedMatrix.EncodeTerm(random.Next(2) == 0, random.Next(-12, 3));
        }

        return new BinaryCodedMatrix(rows, columns, bits, groupSize, exponent, codes, scales, terms, scaleTerms);
    }

    public static float[] Decode(BinaryCodedMatrix matrix)
    {
        var values = new float[matrix.Rows * matrix.Columns];
        for (var row = 0; row < matrix.Rows; row++)
        {
            matrix.DecodeRow(row, values.AsSpan(row * matrix.Columns, matrix.Columns));
        }

        return values;
    }
}
