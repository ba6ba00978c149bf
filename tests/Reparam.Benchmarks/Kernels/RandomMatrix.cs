using System.Runtime.InteropServices;
using Reparam.Benchmarks.Figures;
using Reparam.Checkpoints.Packed;
using Reparam.Compression;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Nested;

namespace Reparam.Benchmarks.Kernels;

/// <summary>
/// Coded matrices of any size without coding one: codes are random bits, scales those of weights near 1/√columns; tables and vectors are what the coder learns from a
/// small Gaussian matrix. The time of a product does not depend on the values.
/// </summary>
internal static class RandomMatrix
{
    private const int SampleColumns = 2048;
    private const int NestedSampleRows = 512;
    private const int CodebookSampleRows = 64;
    private static readonly Dictionary<int, ProfileTable> Tables = [];
    private static readonly Dictionary<int, CodebookSet> Sets = [];

    /// <summary>Names of the packed formats that a matrix can have.</summary>
    public static readonly string[] Formats = ["row", "column", "block8", "nested", "codebook"];

    /// <summary>A coded matrix [rows, columns].</summary>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <param name="bits">Planes, 1 to 4.</param>
    /// <param name="groupSize">Weights that share a set of scales in row, column and block8 layout; 0 for all of a row, a column or eight columns.</param>
    /// <param name="seed">Seed of codes and scales.</param>
    public static CodedMatrix Create(string format, int rows, int columns, int bits, int groupSize, int seed) => PackedFormats.Find(format) switch
    {
        NestedFormat => Nested(rows, columns, bits, new Random(seed)),
        CodebookFormat => Codebook(rows, columns, bits, new Random(seed)),
        BinaryFormat binary => Binary(binary, rows, columns, bits, groupSize, new Random(seed)),
        _ => throw new ArgumentException($"there are no random matrices in the format '{format}'", nameof(format)),
    };

    /// <summary>Normal inputs.</summary>
    public static float[] Inputs(int count, int seed) => FigureWeights.Gaussian(1, count, seed);

    private static BinaryCodedMatrix Binary(BinaryFormat format, int rows, int columns, int bits, int groupSize, Random random)
    {
        var words = DivideUp(columns, 32);
        var codes = new uint[bits * rows * words];
        random.NextBytes(MemoryMarshal.AsBytes(codes.AsSpan()));
        if (columns % 32 != 0)
        {
            for (var last = words - 1; last < codes.Length; last += words)
            {
                codes[last] &= (1u << (columns % 32)) - 1;
            }
        }

        var (blockRows, blockColumns) = format.Block(rows, columns, groupSize);
        var scales = new Half[DivideUp(rows, blockRows) * DivideUp(columns, blockColumns) * bits];
        var unit = 1 / Math.Sqrt(columns);
        for (var i = 0; i < scales.Length; i++)
        {
            scales[i] = (Half)(unit * (0.75 + 0.5 * random.NextDouble()) / (1 << (i % bits)));
        }

        return new BinaryCodedMatrix(rows, columns, bits, groupSize, 0, codes, scales, format: format);
    }

    private static NestedMatrix Nested(int rows, int columns, int bits, Random random)
    {
        if (!Tables.TryGetValue(bits, out var table))
        {
            var shape = NestedShape.Of(NestedSampleRows, SampleColumns, bits);
            var source = new NestedSource(FigureWeights.Gaussian(NestedSampleRows, SampleColumns, bits), shape, "sample");
            Tables[bits] = table = NestedCoder.Learn([source], new ShiftAddAttribute(bits), NestedCoder.Parallel(0, default));
        }

        var cut = NestedShape.Of(rows, columns, bits);
        var codes = new byte[bits * rows * DivideUp(columns, 8)];
        random.NextBytes(codes);
        ClearPadding(codes, DivideUp(columns, 8), columns % 8);
        var profiles = new byte[NestedMatrix.ProfileBytes(rows, columns, table.IndexBits)];
        random.NextBytes(profiles);
        if ((long)rows * cut.Groups * table.IndexBits % 8 is var used and not 0)
        {
            profiles[^1] &= (byte)((1 << (int)used) - 1);
        }

        return new NestedMatrix(
            rows, columns, table, cut.SuperRows, cut.SuperColumns, 0, codes, profiles, SuperScales(DivideUp(rows, cut.SuperRows) * cut.BlocksOfBand, columns, random));
    }

    private static CodebookMatrix Codebook(int rows, int columns, int bits, Random random)
    {
        if (!Sets.TryGetValue(bits, out var set))
        {
            var options = new ShiftAddAttribute(bits) { Layout = ShiftAddLayout.Codebook, Quality = CodingQuality.Fast };
            var sample = FigureWeights.Gaussian(CodebookSampleRows, SampleColumns, bits);
            Sets[bits] = set = ((CodebookMatrix)ShiftAddCoder.Encode(sample, CodebookSampleRows, SampleColumns, options).Matrix).Set;
        }

        var indices = new byte[CodebookMatrix.IndexBytes(rows, columns, set.Stages)];
        random.NextBytes(indices);
        var start = 0;
        foreach (var stage in set.Stages)
        {
            var bytes = stage.BytesPerRow(columns);
            ClearPadding(indices.AsSpan(start, rows * bytes), bytes, stage.Positions(columns) % 2 * 4);
            start += rows * bytes;
        }

        var superColumns = DivideUp(Math.Min(columns, 512), set.Alignment) * set.Alignment;
        return new CodebookMatrix(rows, columns, set, 1, superColumns, 0, indices, SuperScales(rows * DivideUp(columns, superColumns), columns, random));
    }

    private static Half[] SuperScales(int count, int columns, Random random)
    {
        var scales = new Half[count];
        var unit = 1 / Math.Sqrt(columns);
        foreach (ref var scale in scales.AsSpan())
        {
            scale = (Half)(unit * (0.75 + 0.5 * random.NextDouble()));
        }

        return scales;
    }

    // Bits past the last column are zero in the file.
    private static void ClearPadding(Span<byte> codes, int bytesPerRow, int usedBits)
    {
        if (usedBits == 0)
        {
            return;
        }

        for (var last = bytesPerRow - 1; last < codes.Length; last += bytesPerRow)
        {
            codes[last] &= (byte)((1 << usedBits) - 1);
        }
    }

    private static int DivideUp(int value, int divisor) => (value - 1) / divisor + 1;
}
