using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Tests.Packed;

/// <summary>Random coded matrices and inputs.</summary>
internal static class CodedMatrices
{
    public static BinaryCodedMatrix Random(int rows, int columns, int bits, int groupSize, int scaleTerms = 0, int scaleExponent = 0, int seed = 1)
    {
        var random = new Random((((rows * 1009) + columns) * 1009 + bits) * 1009 + groupSize + seed);
        var group = groupSize == 0 ? columns : groupSize;
        var scales = rows * ((columns + group - 1) / group) * bits;
        var terms = new byte[scales * scaleTerms];
        for (var i = 0; i < terms.Length; i++)
        {
            var first = i % scaleTerms == 0;
            terms[i] = first ? BinaryCodedMatrix.EncodeTerm(false, random.Next(-3, 1))
                : random.Next(4) == 0 ? (byte)0
                : BinaryCodedMatrix.EncodeTerm(random.Next(2) == 0, random.Next(-12, -4));
        }

        var halves = new Half[scaleTerms == 0 ? scales : 0];
        for (var i = 0; i < halves.Length; i++)
        {
            halves[i] = (Half)(random.NextSingle() / (1 << (i % bits)));
        }

        return new BinaryCodedMatrix(rows, columns, bits, groupSize, scaleExponent, Codes(rows, columns, bits, random), halves, terms, scaleTerms);
    }

    /// <summary>The layouts other than row.</summary>
    public static readonly string[] OtherLayouts = ["column", "block8", "nested", "codebook"];

    /// <summary>A matrix of a layout in canonical form, with blocks of odd sizes that the seed gives.</summary>
    public static CodedMatrix Random(string layout, int rows, int columns, int bits, int scaleExponent = 0, int seed = 1)
    {
        var random = new Random((((rows * 1009) + columns) * 1009 + bits) * 1009 + Array.IndexOf(OtherLayouts, layout) + 1 + (7919 * seed));
        if (layout == "nested")
        {
            var table = Table(bits, random.Next(ProfileTable.MaxIndexBits + 1), random);
            int[] spans = [16, 32, 48, 256, 512, 1 << 20];
            return Nested(rows, columns, table, 1 + random.Next(5), spans[random.Next(spans.Length)], scaleExponent, random);
        }

        if (layout == "codebook")
        {
            CodebookStage[] extras = [new(8, 8), new(16, 32), new(32, 32)];
            CodebookStage[] stages = [.. Enumerable.Repeat(new CodebookStage(4, 4 << random.Next(4)), bits), .. extras.Where(_ => random.Next(2) == 0)];
            int[] spans = [32, 64, 96, 256, 1 << 20];
            return Codebook(rows, columns, stages, 1 + random.Next(5), spans[random.Next(spans.Length)], scaleExponent, random);
        }

        var blockRows = random.Next(3) == 0 ? 0 : 1 + random.Next(20);
        var blocks = (blockRows == 0 ? 1 : (rows + blockRows - 1) / blockRows) * (layout == "column" ? columns : (columns + 7) / 8);
        var scaleTerms = random.Next(2);
        var halves = new Half[scaleTerms == 0 ? blocks * bits : 0];
        for (var i = 0; i < halves.Length; i++)
        {
            halves[i] = (Half)((0.55f + (random.NextSingle() * 0.4f)) / (1 << (i % bits)));
        }

        var terms = new byte[blocks * bits * scaleTerms];
        for (var i = 0; i < terms.Length; i++)
        {
            terms[i] = BinaryCodedMatrix.EncodeTerm(random.Next(2) == 0, random.Next(-3, 1));
        }

        return new BinaryCodedMatrix(
            rows, columns, bits, layout == "column" ? blockRows : 8 * blockRows, scaleExponent, Codes(rows, columns, bits, random), halves, terms, scaleTerms, Binary(layout));
    }

    /// <summary>The format of binary coding of a name.</summary>
    public static BinaryFormat Binary(string layout) => (BinaryFormat)PackedFormats.Find(layout)!;

    /// <summary>A matrix in the layout column or block8, with blocks of so many rows; 0 for all.</summary>
    public static BinaryCodedMatrix SharedScales(string layout, int rows, int columns, int bits, int blockRows, int scaleTerms)
    {
        var random = new Random((rows * 1009) + columns);
        var blocks = (blockRows == 0 ? 1 : (rows + blockRows - 1) / blockRows) * (layout == "column" ? columns : (columns + 7) / 8) * bits;
        var halves = new Half[scaleTerms == 0 ? blocks : 0];
        for (var i = 0; i < halves.Length; i++)
        {
            halves[i] = (Half)((0.55f + (random.NextSingle() * 0.4f)) / (1 << (i % bits)));
        }

        var terms = new byte[blocks * scaleTerms];
        for (var i = 0; i < terms.Length; i++)
        {
            terms[i] = i % scaleTerms == 0 ? BinaryCodedMatrix.EncodeTerm(random.Next(2) == 0, random.Next(-3, 1)) : BinaryCodedMatrix.EncodeTerm(random.Next(2) == 0, random.Next(-12, -5));
        }

        var codes = Codes(rows, columns, bits, random);
        return new BinaryCodedMatrix(rows, columns, bits, layout == "column" ? blockRows : 8 * blockRows, -2, codes, halves, terms, scaleTerms, Binary(layout));
    }

    /// <summary>How such a matrix runs on a path: as a table matrix, folded, from tables in registers (shared), or null for tiles.</summary>
    public static string? WayOf(BinaryCodedMatrix matrix, KernelPath path, KernelPrecision precision)
    {
        var (blockRows, isOne) = (Math.Min(matrix.BlockRows, matrix.Rows), matrix.BlockRows >= matrix.Rows);
        var isTable = precision != KernelPrecision.Exact && (isOne && blockRows >= 16 || matrix.Format.Name == "block8" && (isOne || blockRows % 8 == 0));
        return isTable ? "table"
            : path == KernelPath.Avx512 && blockRows >= 16 && (blockRows < 512 || precision == KernelPrecision.Exact) ? "shared"
            : precision != KernelPrecision.Exact && blockRows >= 64 ? "folded" : null;
    }

    /// <summary>How a packed matrix runs; see <see cref="WayOf(BinaryCodedMatrix, KernelPath, KernelPrecision)"/>.</summary>
    public static string? WayOf(PackedMatrix matrix) => matrix switch
    {
        LookUpMatrix => "table",
        ColumnScaleMatrix => "shared",
        PreScaledMatrix => "folded",
        _ => null,
    };

    /// <summary>The prepacked weights of a whole matrix; null when its format has no table kernel for the path and the precision.</summary>
    public static PrepackedWeights? Prepack(CodedMatrix matrix, KernelPath path, KernelPrecision precision) =>
        FormatKernelList.Find(matrix)?.Prepack(matrix, new PackedRequest { Rows = matrix.Rows, Path = path, Precision = precision });

    /// <summary>A table of random profiles.</summary>
    public static ProfileTable Table(int bits, int indexBits, Random random, float step = 0.01f)
    {
        var entries = new sbyte[(bits + 1) << indexBits];
        for (var start = 0; start < entries.Length; start += bits + 1)
        {
            for (var bit = 0; bit < bits; bit++)
            {
                entries[start + bit] = (sbyte)(bit == 0 ? random.Next(128) : random.Next(entries[start + bit - 1] + 1));
            }

            entries[start + bits] = (sbyte)random.Next(-127, 128);
        }

        return new ProfileTable(bits, indexBits, step, entries);
    }

    public static NestedMatrix Nested(int rows, int columns, ProfileTable table, int superRows, int superColumns, int scaleExponent, Random random)
    {
        var rowBytes = (columns + 7) / 8;
        var codes = new byte[table.Bits * rows * rowBytes];
        random.NextBytes(codes);
        for (var last = rowBytes - 1; last < codes.Length; last += rowBytes)
        {
            codes[last] &= (byte)(255 >> ((8 * rowBytes) - columns));
        }

        var indices = (long)rows * ((columns + 15) / 16) * table.IndexBits;
        var profiles = new byte[(indices + 7) / 8];
        random.NextBytes(profiles);
        if (profiles.Length > 0)
        {
            profiles[^1] &= (byte)(255 >> (int)((8 * profiles.Length) - indices));
        }

        var superScales = new Half[(rows + superRows - 1) / superRows * ((columns + superColumns - 1) / superColumns)];
        for (var i = 0; i < superScales.Length; i++)
        {
            superScales[i] = (Half)(random.NextSingle() + 0.1f);
        }

        return new NestedMatrix(rows, columns, table, superRows, superColumns, scaleExponent, codes, profiles, superScales);
    }

    public static CodebookMatrix Codebook(
        int rows, int columns, CodebookStage[] stages, int superRows, int superColumns, int scaleExponent, Random random, float step = 0.01f)
    {
        var entries = new sbyte[CodebookSet.EntriesOf(stages)];
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i] = (sbyte)random.Next(-127, 128);
        }

        var indices = new byte[CodebookMatrix.IndexBytes(rows, columns, stages)];
        random.NextBytes(indices);
        var end = 0;
        foreach (var stage in stages)
        {
            for (var row = 0; row < rows; row++)
            {
                end += stage.BytesPerRow(columns);
                indices[end - 1] &= (byte)(stage.Positions(columns) % 2 == 0 ? 255 : 15);
            }
        }

        var superScales = new Half[(rows + superRows - 1) / superRows * ((columns + superColumns - 1) / superColumns)];
        for (var i = 0; i < superScales.Length; i++)
        {
            superScales[i] = (Half)(random.NextSingle() + 0.1f);
        }

        return new CodebookMatrix(rows, columns, new CodebookSet(stages, step, entries), superRows, superColumns, scaleExponent, indices, superScales);
    }

    public static uint[] Codes(int rows, int columns, int bits, Random random)
    {
        var words = (columns + 31) / 32;
        var codes = new uint[bits * rows * words];
        for (var i = 0; i < codes.Length; i++)
        {
            var past = Math.Max(0, (i % words + 1) * 32 - columns);
            codes[i] = (uint)random.NextInt64(1L << 32) & (uint.MaxValue >> past);
        }

        return codes;
    }

    public static float[] Gaussian(int count, int seed = 2)
    {
        var random = new Random(seed + count);
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return values;
    }
}
