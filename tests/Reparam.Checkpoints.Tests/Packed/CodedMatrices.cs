using CsCheck;
using Reparam.Checkpoints.Packed;

namespace Reparam.Checkpoints.Tests.Packed;

/// <summary>Random coded matrices in canonical form, of odd sizes.</summary>
internal static class CodedMatrices
{
    private static readonly Gen<CodedMatrix> AnyRow =
        from rows in Gen.Int[1, 6]
        from columns in Gen.Int[1, 140]
        from bits in Gen.Int[1, 4]
        from groupSize in Gen.OneOf(Gen.Const(0), Gen.Int[1, 150])
        from scaleTerms in Gen.Int[0, 3]
        from exponent in Gen.Int[-20, 20]
        from seed in Gen.Int
        select (CodedMatrix)Create(rows, columns, bits, groupSize, scaleTerms, exponent, seed);

    private static readonly Gen<CodedMatrix> AnyColumnOrBlock =
        from rows in Gen.Int[1, 40]
        from columns in Gen.Int[1, 70]
        from bits in Gen.Int[1, 4]
        from format in Gen.OneOf(Gen.Const<BinaryFormat>(BinaryFormat.Column), Gen.Const<BinaryFormat>(BinaryFormat.Block8))
        from blockRows in Gen.OneOf(Gen.Const(0), Gen.Int[1, 50])
        from scaleTerms in Gen.Int[0, 3]
        from exponent in Gen.Int[-20, 20]
        from seed in Gen.Int
        select (CodedMatrix)Create(rows, columns, bits, format.GroupMultiple * blockRows, scaleTerms, exponent, seed, format);

    private static readonly Gen<CodedMatrix> AnyNested =
        from rows in Gen.Int[1, 6]
        from columns in Gen.Int[1, 300]
        from table in from bits in Gen.Int[1, 4] from indexBits in Gen.Int[0, ProfileTable.MaxIndexBits] from seed in Gen.Int select Table(bits, indexBits, seed)
        from superRows in Gen.Int[1, 8]
        from superGroups in Gen.Int[1, 20]
        from exponent in Gen.Int[-20, 20]
        from seed in Gen.Int
        select (CodedMatrix)Nested(rows, columns, table, superRows, 16 * superGroups, exponent, seed);

    /// <summary>Matrices of every layout.</summary>
    public static readonly Gen<CodedMatrix> Any = Gen.OneOf(AnyRow, AnyColumnOrBlock, AnyNested, CodebookMatrix_Tests.Any.Select(static matrix => (CodedMatrix)matrix));

    public static BinaryCodedMatrix Create(int rows, int columns, int bits, int groupSize, int scaleTerms, int exponent = 0, int seed = 1, BinaryFormat? format = null)
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

        var (blockRows, blockColumns) = format switch
        {
            null or RowFormat => (1, groupSize == 0 ? columns : groupSize),
            ColumnFormat => (groupSize == 0 ? rows : groupSize, 1),
            _ => (groupSize == 0 ? rows : groupSize / 8, 8),
        };
        var blocks = (rows + blockRows - 1) / blockRows * ((columns + blockColumns - 1) / blockColumns);
        var scales = new Half[scaleTerms == 0 ? blocks * bits : 0];
        for (var i = 0; i < scales.Length; i++)
        {
            scales[i] = i % bits == 0 ? (Half)random.NextDouble() : (Half)((double)scales[i - 1] * random.NextDouble());
        }

        var terms = new byte[blocks * bits * scaleTerms];
        for (var i = 0; i < terms.Length; i++)
        {
            terms[i] = random.Next(4) == 0 ? (byte)0 : BinaryCodedMatrix.EncodeTerm(random.Next(2) == 0, random.Next(-12, 3));
        }

        return new BinaryCodedMatrix(rows, columns, bits, groupSize, exponent, codes, scales, terms, scaleTerms, format);
    }

    /// <summary>A table of random profiles.</summary>
    public static ProfileTable Table(int bits, int indexBits, int seed = 1)
    {
        var random = new Random(seed);
        var entries = new sbyte[(bits + 1) << indexBits];
        for (var start = 0; start < entries.Length; start += bits + 1)
        {
            for (var bit = 0; bit < bits; bit++)
            {
                entries[start + bit] = (sbyte)(bit == 0 ? random.Next(128) : random.Next(entries[start + bit - 1] + 1));
            }

            entries[start + bits] = (sbyte)random.Next(-127, 128);
        }

        return new ProfileTable(bits, indexBits, (float)(random.NextDouble() + 0.01), entries);
    }

    public static NestedMatrix Nested(int rows, int columns, ProfileTable table, int superRows, int superColumns, int exponent = 0, int seed = 1)
    {
        var random = new Random(seed);
        var codes = new byte[table.Bits * rows * ((columns + 7) / 8)];
        random.NextBytes(codes);
        for (var last = (columns + 7) / 8 - 1; last < codes.Length && columns % 8 != 0; last += (columns + 7) / 8)
        {
            codes[last] &= (byte)((1 << (columns % 8)) - 1);
        }

        var profiles = new byte[NestedMatrix.ProfileBytes(rows, columns, table.IndexBits)];
        random.NextBytes(profiles);
        var used = (int)((long)rows * ((columns + 15) / 16) * table.IndexBits % 8);
        if (used != 0)
        {
            profiles[^1] &= (byte)((1 << used) - 1);
        }

        var superScales = new Half[(rows + superRows - 1) / superRows * ((columns + superColumns - 1) / superColumns)];
        for (var i = 0; i < superScales.Length; i++)
        {
            superScales[i] = random.Next(10) == 0 ? Half.Zero : (Half)random.NextDouble();
        }

        return new NestedMatrix(rows, columns, table, superRows, superColumns, exponent, codes, profiles, superScales);
    }
}
