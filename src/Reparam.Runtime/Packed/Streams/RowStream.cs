using System.Runtime.InteropServices;
using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>The stream of the layout <see cref="PackedLayout.Row"/>: a permutation of codes and scales, padded to whole blocks.</summary>
internal sealed unsafe class RowStream : RunningStream
{
    /// <summary>Repacks a coded matrix.</summary>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public RowStream(BinaryCodedMatrix matrix, KernelPath path, KernelPrecision precision)
        : this(matrix, LayoutOf(matrix, rowsInDwords: path == KernelPath.Avx512), path, precision)
    {
    }

    private RowStream(BinaryCodedMatrix matrix, StreamLayout layout, KernelPath path, KernelPrecision precision)
        : base(layout.Rows, layout.Columns, matrix.ScaleExponent, layout.BlockBytes, new AlignedMemory(layout.Blocks * layout.BlockBytes))
    {
        Layout = layout;
        Tables = precision == KernelPrecision.Exact ? new ExactTables(layout) : new SignedSumTables(layout, precision);
        Kernel = KernelTable.Find(path, precision, layout);

        if (Bytes < 1 << 20)
        {
            for (var block = 0; block < Layout.Blocks; block++)
            {
                WriteBlock(matrix, block);
            }
        }
        else
        {
            Parallel.For(0, Layout.Blocks, block => WriteBlock(matrix, block));
        }
    }

    public StreamLayout Layout { get; }

    public override TablePlan Tables { get; }

    public override delegate*<in KernelArguments, void> Kernel { get; }

    public override string Key => "row/" + Layout.Key;

    public override void Fill(ref KernelArguments arguments)
    {
        arguments.Segments = Layout.Segments;
        arguments.Bits = Layout.Bits;
        arguments.FloatScales = Layout.FloatScales;
    }

    /// <summary>Writes the decoded row by the definition of <see cref="BinaryCodedMatrix.DecodeRow"/>.</summary>
    public override void DecodeRow(int row, Span<float> destination)
    {
        destination.Clear();
        var lane = row % StreamLayout.BlockRows;
        for (var segment = 0; segment < Layout.Segments; segment++)
        {
            for (var bit = 0; bit < Layout.Bits; bit++)
            {
                var unit = Unit(row / StreamLayout.BlockRows, segment, bit);
                for (var chunk = 0; chunk < Layout.Chunks; chunk++)
                {
                    var word = ChunkCodes.Read(unit.Slice(chunk * StreamLayout.ChunkBytes, StreamLayout.ChunkBytes), lane, Layout.RowsInDwords);
                    for (var set = 0; set < Layout.ScaleSets; set++)
                    {
                        var scale = ReadScale(unit, set, lane);
                        var (column, count, offset) = Layout.Run(segment, chunk, set);
                        for (var k = 0; k < count; k++)
                        {
                            destination[column + k] += ((word >> (offset + k)) & 1) != 0 ? scale : -scale;
                        }
                    }
                }
            }
        }

        foreach (ref var weight in destination)
        {
            weight = MathF.ScaleB(weight, ScaleExponent);
        }

        GC.KeepAlive(this);
    }

    private static StreamLayout LayoutOf(BinaryCodedMatrix matrix, bool rowsInDwords) =>
        new(matrix.Rows, matrix.Columns, matrix.Bits, matrix.GroupSize, rowsInDwords, floatScales: !ScaleRange.FitsHalf(matrix));

    private void WriteBlock(BinaryCodedMatrix matrix, int block)
    {
        var rows = Math.Min(StreamLayout.BlockRows, Layout.Rows - block * StreamLayout.BlockRows);
        for (var segment = 0; segment < Layout.Segments; segment++)
        {
            for (var bit = 0; bit < Layout.Bits; bit++)
            {
                var unit = Unit(block, segment, bit);
                for (var lane = 0; lane < rows; lane++)
                {
                    WriteRow(matrix, unit, block * StreamLayout.BlockRows + lane, segment, bit);
                }
            }
        }
    }

    private void WriteRow(BinaryCodedMatrix matrix, Span<byte> unit, int row, int segment, int bit)
    {
        var lane = row % StreamLayout.BlockRows;
        var codes = matrix.Codes.Span.Slice((bit * matrix.Rows + row) * matrix.WordsPerRow, matrix.WordsPerRow);
        for (var chunk = 0; chunk < Layout.Chunks; chunk++)
        {
            var word = 0u;
            for (var set = 0; set < Layout.ScaleSets; set++)
            {
                var (column, count, offset) = Layout.Run(segment, chunk, set);
                if (count > 0)
                {
                    word |= Extract(codes, column, count) << offset;
                }
            }

            ChunkCodes.Write(unit.Slice(chunk * StreamLayout.ChunkBytes, StreamLayout.ChunkBytes), lane, word, Layout.RowsInDwords);
        }

        for (var set = 0; set < Layout.ScaleSets; set++)
        {
            var group = Layout.GroupOf(segment, set);
            if (group < Layout.Groups)
            {
                WriteScale(unit, set, lane, matrix.Scale(row, group, bit));
            }
        }
    }

    private Span<byte> Unit(int block, int segment, int bit) =>
        new(Start + block * Layout.BlockBytes + Layout.UnitOffset(segment, bit), Layout.UnitBytes);

    private Span<byte> ScaleSet(Span<byte> unit, int set) =>
        unit.Slice(Layout.Chunks * StreamLayout.ChunkBytes + set * Layout.ScaleSetBytes, Layout.ScaleSetBytes);

    private void WriteScale(Span<byte> unit, int set, int lane, float scale)
    {
        var scales = ScaleSet(unit, set);
        if (Layout.FloatScales)
        {
            MemoryMarshal.Cast<byte, float>(scales)[lane] = scale;
        }
        else
        {
            MemoryMarshal.Cast<byte, Half>(scales)[lane] = (Half)scale;
        }
    }

    private float ReadScale(Span<byte> unit, int set, int lane)
    {
        var scales = ScaleSet(unit, set);
        return Layout.FloatScales ? MemoryMarshal.Cast<byte, float>(scales)[lane] : (float)MemoryMarshal.Cast<byte, Half>(scales)[lane];
    }

    // Count neighbouring signs from a row of code words, 1 to 32.
    private static uint Extract(ReadOnlySpan<uint> codes, int column, int count)
    {
        var word = column / 32;
        var pair = codes[word] | (word + 1 < codes.Length ? (ulong)codes[word + 1] << 32 : 0);
        return (uint)((pair >> (column % 32)) & (ulong.MaxValue >> (64 - count)));
    }
}
