using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.LookUp;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Prepacked weights in the format <see cref="CodebookFormat"/>. An index is a nibble that chooses an entry of its position's table, as four signs are in
/// the row layout: the kernels are the same, and the vectors are all in the tables.
/// </summary>
internal sealed unsafe class PrepackedCodebook : PrepackedWeights
{
    private const int NibblesOfWord = 8;

    private readonly CodebookGeometry geometry;

    /// <summary>Repacks some neighbouring rows of a matrix, or takes the prepacked form from a file.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="first">First row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="path">A path other than <see cref="KernelPath.Scalar"/>.</param>
    /// <param name="precision">A precision other than <see cref="KernelPrecision.Exact"/>.</param>
    /// <param name="stored">Prepacked weights of these rows from a file; null for none.</param>
    /// <exception cref="ArgumentException">A super-scale is not finite.</exception>
    public PrepackedCodebook(CodebookMatrix matrix, int first, int rows, KernelPath path, KernelPrecision precision, StoredPrepack? stored = null)
        : this(matrix, first, GeometryOf(matrix, rows, path), path, precision, stored)
    {
    }

    private PrepackedCodebook(CodebookMatrix matrix, int first, CodebookGeometry geometry, KernelPath path, KernelPrecision precision, StoredPrepack? stored)
        : base(
            geometry.Layout.Rows, geometry.Columns, matrix.ScaleExponent, geometry.Layout.BlockBytes, geometry.Layout.Blocks * geometry.Layout.BlockBytes,
            stored?.Fitting(KeyOf(geometry), geometry.Layout.Blocks * geometry.Layout.BlockBytes))
    {
        this.geometry = geometry;
        Tables = path switch
        {
            KernelPath.Avx512 => new CodebookTables<Lanes512>(geometry, precision),
            KernelPath.Avx2 => new CodebookTables<Lanes256>(geometry, precision),
            _ => new CodebookTables<Lanes128>(geometry, precision),
        };
        Kernel = KernelTable.Find(path, precision, geometry.Layout);
        InterleavedBlocks = KernelTable.InterleavedBlocks(path, precision);
        if (!IsPrepacked)
        {
            Parallel.For(0, Blocks, block => WriteBlock(matrix, first, block));
        }
    }

    public override TablePlan Tables { get; }

    public override delegate*<in KernelArguments, void> Kernel { get; }

    public override bool Resumes => true;

    public override int InterleavedBlocks { get; }

    public override string Key => KeyOf(geometry);

    private PrepackedLayout Layout => geometry.Layout;

    public override void Fill(ref KernelArguments arguments)
    {
        arguments.Segments = Layout.Segments;
        arguments.Bits = 1;
        arguments.FloatScales = Layout.FloatScales;
    }

    /// <summary>Writes the decoded row by the definition of <see cref="CodebookMatrix.DecodeRow"/>.</summary>
    public override void DecodeRow(int row, Span<float> destination)
    {
        destination.Clear();
        foreach (var run in geometry.Runs)
        {
            var stage = geometry.Set.Stages[run.Stage];
            var vectors = geometry.Set.Vectors(run.Stage);
            var begin = run.SuperBlock * geometry.SuperColumns;
            var end = Math.Min(Columns, begin + geometry.SuperColumns);
            for (var i = 0; i < run.Count; i++)
            {
                var start = begin + ((run.Position + i) * stage.Stride);
                var vector = vectors.Slice(Nibble(row, run.Segment, run.Nibble + i) * stage.Span, Math.Min(stage.Span, end - start));
                for (var j = 0; j < vector.Length; j++)
                {
                    destination[start + j] += vector[j];
                }
            }
        }

        for (var block = 0; block < geometry.SuperBlocks; block++)
        {
            var begin = block * geometry.SuperColumns;
            var unit = Scale(row, block) * geometry.Set.Step;
            foreach (ref var weight in destination[begin..Math.Min(Columns, begin + geometry.SuperColumns)])
            {
                weight = MathF.ScaleB(unit * weight, ScaleExponent);
            }
        }

        GC.KeepAlive(this);
    }

    private static string KeyOf(CodebookGeometry geometry) => "codebook/" + geometry.Key;

    private static CodebookGeometry GeometryOf(CodebookMatrix matrix, int rows, KernelPath path)
    {
        ScaleRange.RequireFinite(matrix.SuperScales.Span, matrix.Set.Step);
        var floatScales = MemoryMarshal.Cast<Half, ushort>(matrix.SuperScales.Span).ContainsAnyInRange((ushort)0x8000, ushort.MaxValue);
        return new CodebookGeometry(matrix.Set, rows, matrix.Columns, matrix.SuperColumns, path == KernelPath.Avx512, floatScales);
    }

    private void WriteBlock(CodebookMatrix matrix, int first, int block)
    {
        var chunks = Layout.Segments * Layout.Chunks;
        var words = new uint[chunks * PrepackedLayout.BlockRows];
        var rows = Math.Min(PrepackedLayout.BlockRows, Rows - (block * PrepackedLayout.BlockRows));
        for (var lane = 0; lane < rows; lane++)
        {
            Gather(matrix, first + (block * PrepackedLayout.BlockRows) + lane, words.AsSpan(lane));
        }

        var start = Start + (block * BlockBytes);
        fixed (uint* source = words)
        {
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                var place = start + Layout.UnitOffset(chunk / Layout.Chunks, 0) + (chunk % Layout.Chunks * PrepackedLayout.ChunkBytes);
                ChunkCodes.Write(source + (chunk * PrepackedLayout.BlockRows), place, Layout.RowsInDwords);
            }
        }

        for (var segment = 0; segment < Layout.Segments; segment++)
        {
            for (var set = 0; set < Layout.ScaleSets; set++)
            {
                var group = Layout.GroupOf(segment, set);
                for (var lane = 0; lane < rows && group < geometry.SuperBlocks; lane++)
                {
                    var row = first + (block * PrepackedLayout.BlockRows) + lane;
                    WriteScale(ScaleSet(Unit(block, segment), set), lane, matrix.SuperScales.Span[(row / matrix.SuperRows * matrix.SuperBlocks) + group]);
                }
            }
        }
    }

    // The indices of a row in prepacked order, eight a word; the words of sixteen rows lie side by side.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Gather(CodebookMatrix matrix, int row, Span<uint> words)
    {
        var segmentNibbles = Layout.SegmentColumns / CodebookGeometry.NibbleColumns;
        foreach (var run in geometry.Runs)
        {
            var stage = geometry.Set.Stages[run.Stage];
            var bytes = stage.BytesPerRow(Columns);
            var indices = matrix.StageIndices(run.Stage).Slice(row * bytes, bytes);
            var source = (run.SuperBlock * geometry.SuperColumns / stage.Stride) + run.Position;
            var place = (run.Segment * segmentNibbles) + run.Nibble;
            for (int i = 0, count; i < run.Count; i += count)
            {
                var offset = (place + i) % NibblesOfWord;
                count = Math.Min(run.Count - i, NibblesOfWord - offset);
                words[(place + i) / NibblesOfWord * PrepackedLayout.BlockRows] |= Extract(indices, source + i, count) << (4 * offset);
            }
        }
    }

    // Count neighbouring indices of a row, 1 to 8.
    private static uint Extract(ReadOnlySpan<byte> indices, int position, int count)
    {
        var source = indices[(position / 2)..];
        ulong word = 0;
        source[..Math.Min(source.Length, sizeof(ulong))].CopyTo(MemoryMarshal.AsBytes(new Span<ulong>(ref word)));
        return (uint)((word >> (position % 2 * 4)) & (uint.MaxValue >> (32 - (4 * count))));
    }

    private int Nibble(int row, int segment, int nibble)
    {
        var (chunk, place) = Math.DivRem(nibble, NibblesOfWord);
        var codes = Unit(row / PrepackedLayout.BlockRows, segment).Slice(chunk * PrepackedLayout.ChunkBytes, PrepackedLayout.ChunkBytes);
        return (int)(ChunkCodes.Read(codes, row % PrepackedLayout.BlockRows, Layout.RowsInDwords) >> (4 * place)) & 15;
    }

    private float Scale(int row, int superBlock)
    {
        for (var segment = superBlock * Layout.PaddedGroupSize / Layout.SegmentColumns; ; segment++)
        {
            for (var set = 0; set < Layout.ScaleSets; set++)
            {
                if (Layout.GroupOf(segment, set) == superBlock)
                {
                    var scales = ScaleSet(Unit(row / PrepackedLayout.BlockRows, segment), set);
                    var lane = row % PrepackedLayout.BlockRows;
                    return Layout.FloatScales ? MemoryMarshal.Cast<byte, float>(scales)[lane] : (float)MemoryMarshal.Cast<byte, Half>(scales)[lane];
                }
            }
        }
    }

    private void WriteScale(Span<byte> scales, int lane, Half scale)
    {
        if (Layout.FloatScales)
        {
            MemoryMarshal.Cast<byte, float>(scales)[lane] = (float)scale;
        }
        else
        {
            MemoryMarshal.Cast<byte, Half>(scales)[lane] = scale;
        }
    }

    private Span<byte> Unit(int block, int segment) => new(Start + (block * BlockBytes) + Layout.UnitOffset(segment, 0), Layout.UnitBytes);

    private Span<byte> ScaleSet(Span<byte> unit, int set) =>
        unit.Slice((Layout.Chunks * PrepackedLayout.ChunkBytes) + (set * Layout.ScaleSetBytes), Layout.ScaleSetBytes);
}
