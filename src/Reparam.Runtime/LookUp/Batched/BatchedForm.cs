using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// How prepacked weights are multiplied with many input rows: with larger tables, and indices that are made of the codes once for some row blocks and all
/// input rows of a pass.
/// </summary>
internal sealed unsafe class BatchedForm
{
    /// <summary>The number of input rows of a product from which on it is used.</summary>
    public const int MinInputs = 32;

    /// <summary>Input rows of a pass, at most; a multiple of <see cref="BatchedTables.InputsTogether"/>.</summary>
    public const int MaxInputs = 64;

    /// <summary>Row blocks whose sums are kept while windows of segments pass by; a multiple of <see cref="Blocks"/>.</summary>
    public const int MaxBlocks = 32;

    /// <summary>Tables of a window of segments: they stay in the second cache beside the sums.</summary>
    public const int WindowBytes = 384 << 10;

    // Tables of the input rows of a pass: a share of the third cache.
    private const int TableBudget = 4 << 20;

    // With less input rows in a pass, making the indices would show.
    private const int MinOfPass = 16;

    private BatchedForm(TablePlan tables, int blocks, delegate*<in KernelArguments, void> kernel)
    {
        Tables = tables;
        Blocks = blocks;
        Kernel = kernel;
    }

    /// <summary>The tables that the kernel needs of the input rows.</summary>
    public TablePlan Tables { get; }

    /// <summary>Row blocks that the kernel multiplies together; their sums take this space, even where there are less.</summary>
    public int Blocks { get; }

    /// <summary>
    /// Multiplies <see cref="KernelArguments.Blocks"/> neighbouring row blocks. Sums are [block, <see cref="SumsOfBlock"/> apart][input row][16 rows].
    /// </summary>
    public delegate*<in KernelArguments, void> Kernel { get; }

    /// <summary>
    /// Row blocks times planes below which prepacked weights have no batched form (in <see cref="KernelPrecision.Fast"/> twice as many): making the tables
    /// would outweigh the look-ups. Tests, whose matrices are small, lower it.
    /// </summary>
    public static int MinUnits { get; set; } = 64;

    /// <summary>The form of prepacked weights; null where the path or the precision has none, or they are too few.</summary>
    public static BatchedForm? Find(KernelPath path, KernelPrecision precision, PrepackedLayout layout) =>
        path != KernelPath.Avx512 || precision == KernelPrecision.Exact || !Avx512Vbmi.IsSupported
            || layout.Blocks * layout.Bits < MinUnits * (precision == KernelPrecision.Fast ? 2 : 1) ? null
        : (layout.ScaleSets, layout.Chunks) switch
        {
            (2, _) => Find<IUnitShape.SplitChunk>(precision, layout),
            (_, 1) => Find<IUnitShape.OneChunk>(precision, layout),
            (_, 2) => Find<IUnitShape.TwoChunks>(precision, layout),
            (_, 3) => Find<IUnitShape.ThreeChunks>(precision, layout),
            _ => Find<IUnitShape.FourChunks>(precision, layout),
        };

    /// <summary>
    /// Floats from the sums of a block to those of the next. Not a power of two, with which those of one input row would all fall in the same lines of the
    /// cache.
    /// </summary>
    public static int SumsOfBlock(int inputs) => (RoundUp(inputs) + BatchedTables.InputsTogether) * PrepackedLayout.BlockRows;

    /// <summary>Input rows with the idle ones that the kernel adds.</summary>
    public static int RoundUp(int inputs) => PrepackedLayout.DivideUp(inputs, BatchedTables.InputsTogether) * BatchedTables.InputsTogether;

    /// <summary>Input rows to multiply in each pass of a batch.</summary>
    public int InputsOfPass(int batch)
    {
        var most = Math.Clamp(TableBudget / (Tables.Segments * Tables.SegmentBytes), MinOfPass, MaxInputs);
        return RoundUp(PrepackedLayout.DivideUp(batch, PrepackedLayout.DivideUp(batch, most)));
    }

    private static BatchedForm Find<TShape>(KernelPrecision precision, PrepackedLayout layout)
        where TShape : struct, IUnitShape
    {
        var tables = new BatchedTables(layout, precision);
        return precision == KernelPrecision.Fast
            ? new BatchedForm(tables, BatchedKernel<TShape, ITablePlanes.One>.Blocks, &BatchedKernel<TShape, ITablePlanes.One>.Multiply)
            : new BatchedForm(tables, BatchedKernel<TShape, ITablePlanes.Two>.Blocks, &BatchedKernel<TShape, ITablePlanes.Two>.Multiply);
    }
}
