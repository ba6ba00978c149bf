using System.Runtime.CompilerServices;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Prepacked weights in the format <see cref="Block8Format"/> with blocks of 8, 16, 24 … rows: signs, and the scales as integers, which multiply the
/// looked-up sums of eight inputs. The tables are those of a row of inputs, the same for all row blocks.
/// </summary>
internal sealed unsafe class PrepackedBlock8 : PrepackedWeights
{
    private const int HalfRows = PrepackedLayout.BlockRows / 2;

    private readonly Block8Layout layout;
    private readonly float[] scales;
    private readonly int columnBlocks;

    private PrepackedBlock8(
        BinaryCodedMatrix matrix, int first, Block8Layout layout, bool isExact, KernelPath path, KernelPrecision precision, StoredPrepack? stored)
        : base(layout.Codes.Rows, matrix.Columns, matrix.ScaleExponent, layout.BlockBytes, layout.Bytes, stored?.Fitting(layout.Key, layout.Bytes))
    {
        this.layout = layout;
        columnBlocks = matrix.ColumnBlocks;
        scales = isExact ? [] : ScalesOf(matrix, first, layout.Codes.Rows);
        Tables = layout.Codes.RowsInDwords ? new SignedSumTables(layout.Codes, precision) : new PairedSumTables(layout.Codes, precision);
        Kernel = Block8KernelTable.Find(path, precision, layout);
        InterleavedBlocks = path == KernelPath.Avx512 ? KernelTable.InterleavedBlocks(path, precision) : 1;
        if (!IsPrepacked)
        {
            Parallel.For(0, Blocks, block => WriteBlock(matrix, first, block));
        }
    }

    public override TablePlan Tables { get; }

    public override delegate*<in KernelArguments, void> Kernel { get; }

    public override bool Resumes => true;

    public override int InterleavedBlocks { get; }

    public override string Key => layout.Key;

    /// <summary>
    /// Prepacks some neighbouring rows; null where blocks are not of 8, 16, 24 … rows, begin elsewhere than the rows do, or have scales that do not fit
    /// integers.
    /// </summary>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public static PrepackedBlock8? Create(BinaryCodedMatrix matrix, int first, int rows, KernelPath path, KernelPrecision precision, StoredPrepack? stored)
    {
        if (matrix.Format is not Block8Format || precision == KernelPrecision.Exact || (matrix.BlockRows % HalfRows != 0 && matrix.BlockRows < matrix.Rows)
            || first % HalfRows != 0)
        {
            return null;
        }

        var sets = matrix.BlockRows % PrepackedLayout.BlockRows == 0 && first % PrepackedLayout.BlockRows == 0 ? 1 : 2;
        var layout = new Block8Layout(rows, matrix.Columns, matrix.Bits, sets, path == KernelPath.Avx512);
        return Block8Scales.Fit(ScaleRange.RequireFinite(matrix), layout.SegmentGroups, out var isExact)
            ? new PrepackedBlock8(matrix, first, layout, isExact, path, precision, stored)
            : null;
    }

    public override void Fill(ref KernelArguments arguments)
    {
        arguments.Segments = layout.Codes.Segments;
        arguments.Bits = layout.Codes.Bits;
    }

    /// <summary>Writes the decoded row by the definition of <see cref="BinaryCodedMatrix.DecodeRow"/>.</summary>
    public override void DecodeRow(int row, Span<float> destination)
    {
        destination.Clear();
        var (block, lane) = Math.DivRem(row, PrepackedLayout.BlockRows);
        for (var bit = 0; bit < layout.Codes.Bits; bit++)
        {
            for (var column = 0; column < Columns; column += PrepackedLayout.ChunkColumns)
            {
                var chunk = new ReadOnlySpan<byte>(Chunk(block, column / PrepackedLayout.ChunkColumns, bit), PrepackedLayout.ChunkBytes);
                var word = layout.Order(ChunkCodes.Read(chunk, layout.LaneOf(lane), layout.Codes.RowsInDwords));
                for (var k = column; k < Math.Min(Columns, column + PrepackedLayout.ChunkColumns); k++, word >>= 1)
                {
                    var scale = ScaleOf(row, k / Block8Layout.GroupColumns, bit);
                    destination[k] += (word & 1) != 0 ? scale : -scale;
                }
            }
        }

        foreach (ref var weight in destination)
        {
            weight = MathF.ScaleB(weight, ScaleExponent);
        }

        GC.KeepAlive(this);
    }

    // [half unit of eight rows][group][bit].
    private static float[] ScalesOf(BinaryCodedMatrix matrix, int first, int rows)
    {
        var halves = PrepackedLayout.DivideUp(rows, HalfRows);
        var scales = new float[halves * matrix.ColumnBlocks * matrix.Bits];
        for (var i = 0; i < scales.Length; i++)
        {
            var (half, index) = Math.DivRem(i, matrix.ColumnBlocks * matrix.Bits);
            scales[i] = matrix.Scale((first + (half * HalfRows)) / matrix.BlockRows, index / matrix.Bits, index % matrix.Bits);
        }

        return scales;
    }

    private float ScaleOf(int row, int group, int bit)
    {
        if (scales.Length > 0)
        {
            return scales[((((row / HalfRows) * columnBlocks) + group) * layout.Codes.Bits) + bit];
        }

        var (segment, inSegment) = Math.DivRem(group, layout.SegmentGroups);
        var set = row % PrepackedLayout.BlockRows / HalfRows * (layout.Sets - 1);
        var head = Head(row / PrepackedLayout.BlockRows, segment);
        return ((short*)head)[layout.Multiplier(bit, inSegment, set)] * ((float*)(head + layout.UnitOffset))[set];
    }

    private byte* Head(int block, int segment) => Start + (block * BlockBytes) + ((long)segment * layout.SegmentBytes);

    private byte* Chunk(int block, int chunk, int bit) =>
        Head(block, chunk / layout.Codes.Chunks) + layout.HeadBytes
            + (((bit * layout.Codes.Chunks) + (chunk % layout.Codes.Chunks)) * PrepackedLayout.ChunkBytes);

    private void WriteBlock(BinaryCodedMatrix matrix, int first, int block)
    {
        var row = first + (block * PrepackedLayout.BlockRows);
        WriteCodes(matrix, block, row, Math.Min(PrepackedLayout.BlockRows, first + Rows - row));
        for (var set = 0; set < layout.Sets && row < first + Rows; set++, row += HalfRows)
        {
            WriteScales(matrix, block, set, row / matrix.BlockRows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteCodes(BinaryCodedMatrix matrix, int block, int row, int rows)
    {
        var words = stackalloc uint[PrepackedLayout.BlockRows];
        new Span<uint>(words, PrepackedLayout.BlockRows).Clear();
        for (var bit = 0; bit < matrix.Bits; bit++)
        {
            var codes = matrix.Codes.Span.Slice(((bit * matrix.Rows) + row) * matrix.WordsPerRow, rows * matrix.WordsPerRow);
            for (var word = 0; word < matrix.WordsPerRow; word++)
            {
                for (var lane = 0; lane < rows; lane++)
                {
                    words[layout.LaneOf(lane)] = layout.Order(codes[(lane * matrix.WordsPerRow) + word]);
                }

                ChunkCodes.Write(words, Chunk(block, word, bit), layout.Codes.RowsInDwords);
            }
        }
    }

    private void WriteScales(BinaryCodedMatrix matrix, int block, int set, int rowBlock)
    {
        Span<short> integers = stackalloc short[layout.SegmentGroups * matrix.Bits];
        for (var segment = 0; segment < layout.Codes.Segments; segment++)
        {
            var head = Head(block, segment);
            ((float*)(head + layout.UnitOffset))[set] = Block8Scales.Round(matrix, rowBlock, segment * layout.SegmentGroups, layout.SegmentGroups, integers);
            for (var i = 0; i < integers.Length; i++)
            {
                ((short*)head)[layout.Multiplier(i % matrix.Bits, i / matrix.Bits, set)] = integers[i];
            }
        }
    }
}
