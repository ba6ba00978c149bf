using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;

namespace Reparam.Runtime.Packed;

/// <summary>Prepacked weights in the format <see cref="RowFormat"/>: a permutation of codes and scales, padded to whole blocks.</summary>
internal sealed unsafe class PrepackedRows : PrepackedWeights
{
    /// <summary>Repacks a coded matrix, or takes the prepacked form from a file.</summary>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public PrepackedRows(BinaryCodedMatrix matrix, KernelPath path, KernelPrecision precision, StoredPrepack? stored = null)
        : this(matrix, LayoutOf(matrix, rowsInDwords: path == KernelPath.Avx512), path, precision, stored)
    {
    }

    private PrepackedRows(BinaryCodedMatrix matrix, PrepackedLayout layout, KernelPath path, KernelPrecision precision, StoredPrepack? stored)
        : base(
            layout.Rows, layout.Columns, matrix.ScaleExponent, layout.BlockBytes, layout.Blocks * layout.BlockBytes,
            stored?.Fitting(KeyOf(layout), layout.Blocks * layout.BlockBytes))
    {
        Layout = layout;
        Tables = precision == KernelPrecision.Exact ? new ExactTables(layout) : new SignedSumTables(layout, precision);
        Kernel = KernelTable.Find(path, precision, layout);
        InterleavedBlocks = KernelTable.InterleavedBlocks(path, precision);
        Batched = BatchedForm.Find(path, precision, layout);
        if (IsPrepacked)
        {
            return;
        }

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

    public PrepackedLayout Layout { get; }

    public override TablePlan Tables { get; }

    public override delegate*<in KernelArguments, void> Kernel { get; }

    public override bool Resumes => true;

    public override int InterleavedBlocks { get; }

    public override BatchedForm? Batched { get; }

    public override string Key => KeyOf(Layout);

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
        var lane = row % PrepackedLayout.BlockRows;
        for (var segment = 0; segment < Layout.Segments; segment++)
        {
            for (var bit = 0; bit < Layout.Bits; bit++)
            {
                var unit = Unit(row / PrepackedLayout.BlockRows, segment, bit);
                for (var chunk = 0; chunk < Layout.Chunks; chunk++)
                {
                    var word = ChunkCodes.Read(unit.Slice(chunk * PrepackedLayout.ChunkBytes, PrepackedLayout.ChunkBytes), lane, Layout.RowsInDwords);
                    for (var set = 0; set < Layout.ScaleSets; set++)
                    {
                        var scale = ReadScale(unit, set, lane);
                        var (column, count, offset) = Layout.Run(segment, chunk, set);
                        var k = 0;
                        for (; k + Vector256<float>.Count <= count; k += Vector256<float>.Count)
                        {
                            var part = destination[(column + k)..];
                            var signed = Vector256.ConditionalSelect(
                                SignLanes.Mask((uint)(word >> (offset + k))).AsSingle(), Vector256.Create(scale), Vector256.Create(-scale));
                            (Vector256.Create<float>(part) + signed).CopyTo(part);
                        }

                        for (; k < count; k++)
                        {
                            destination[column + k] += ((word >> (offset + k)) & 1) != 0 ? scale : -scale;
                        }
                    }
                }
            }
        }

        SignLanes.ScaleB(destination, ScaleExponent);
        GC.KeepAlive(this);
    }

    private static string KeyOf(PrepackedLayout layout) => "row/" + layout.Key;

    private static PrepackedLayout LayoutOf(BinaryCodedMatrix matrix, bool rowsInDwords) =>
        new(matrix.Rows, matrix.Columns, matrix.Bits, matrix.GroupSize, rowsInDwords, floatScales: !ScaleRange.FitsHalf(matrix));

    private void WriteBlock(BinaryCodedMatrix matrix, int block)
    {
        WriteCodes(matrix, block);
        for (var row = block * PrepackedLayout.BlockRows; row < Math.Min(Layout.Rows, (block + 1) * PrepackedLayout.BlockRows); row++)
        {
            WriteScales(matrix, row);
        }
    }

    // A load repacks once: there is no second call that a compiler could optimise for.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteCodes(BinaryCodedMatrix matrix, int block)
    {
        var first = block * PrepackedLayout.BlockRows;
        var rows = Math.Min(PrepackedLayout.BlockRows, Layout.Rows - first);
        var (dense, rowsInDwords, chunks) = (Layout.IsDense, Layout.RowsInDwords, Layout.Chunks);
        var rowWords = matrix.WordsPerRow;
        var words = stackalloc uint[PrepackedLayout.BlockRows];
        new Span<uint>(words, PrepackedLayout.BlockRows).Clear();
        fixed (uint* codes = matrix.Codes.Span)
        {
            for (var bit = 0; bit < Layout.Bits; bit++)
            {
                var plane = codes + (((nint)bit * matrix.Rows) + first) * rowWords;
                for (var chunk = 0; chunk < Layout.Segments * chunks; chunk++)
                {
                    for (var lane = 0; lane < rows; lane++)
                    {
                        // Without padding a chunk is a word of the file.
                        var row = plane + ((nint)lane * rowWords);
                        words[lane] = !dense
                            ? PaddedWord(new ReadOnlySpan<uint>(row, rowWords), chunk / chunks, chunk % chunks)
                            : chunk < rowWords
                            ? row[chunk]
                            : 0;
                    }

                    var unit = Start + (block * BlockBytes) + Layout.UnitOffset(chunk / chunks, bit);
                    ChunkCodes.Write(words, unit + (chunk % chunks * PrepackedLayout.ChunkBytes), rowsInDwords);
                }
            }
        }
    }

    private uint PaddedWord(ReadOnlySpan<uint> codes, int segment, int chunk)
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

        return word;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteScales(BinaryCodedMatrix matrix, int row)
    {
        var (segments, bits, unitBytes, groups) = (Layout.Segments, Layout.Bits, Layout.UnitBytes, Layout.Groups);
        var (block, lane) = Math.DivRem(row, PrepackedLayout.BlockRows);
        var copied = matrix.ScaleTerms == 0 && !Layout.FloatScales;
        var free = copied ? matrix.Scales.Span.Slice(row * groups * bits, groups * bits) : default;
        var unit = Start + (block * BlockBytes) + (Layout.Chunks * PrepackedLayout.ChunkBytes);
        for (var segment = 0; segment < segments; segment++, unit += bits * unitBytes)
        {
            for (var set = 0; set < Layout.ScaleSets; set++)
            {
                var group = Layout.GroupOf(segment, set);
                var place = unit + (set * Layout.ScaleSetBytes);
                for (var bit = 0; bit < bits && group < groups; bit++, place += unitBytes)
                {
                    if (Layout.FloatScales)
                    {
                        ((float*)place)[lane] = matrix.Scale(row, group, bit);
                    }
                    else
                    {
                        ((Half*)place)[lane] = copied ? free[(group * bits) + bit] : (Half)matrix.Scale(row, group, bit);
                    }
                }
            }
        }
    }

    private Span<byte> Unit(int block, int segment, int bit) =>
        new(Start + block * Layout.BlockBytes + Layout.UnitOffset(segment, bit), Layout.UnitBytes);

    private Span<byte> ScaleSet(Span<byte> unit, int set) =>
        unit.Slice(Layout.Chunks * PrepackedLayout.ChunkBytes + set * Layout.ScaleSetBytes, Layout.ScaleSetBytes);

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
