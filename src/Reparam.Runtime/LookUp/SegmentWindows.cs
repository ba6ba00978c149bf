using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// The product of several row blocks with several input rows, some segments at a time: the tables of a window of segments stay in the first cache while
/// the blocks pass by. Sums are added in the order of the segments, window or not, so the bits are the same.
/// </summary>
internal static unsafe class SegmentWindows
{
    /// <summary>Row blocks whose sums are kept from window to window.</summary>
    public const int MaxBlocks = 16;

    // Half of the smallest usual first cache; sums and codes take from the other half.
    private const int WindowBytes = 16 << 10;

    // How far ahead of itself a kernel reads weights that it goes through without a gap.
    private const int ReadAhead = 4096;

    /// <summary>How many row blocks it is best to multiply at once.</summary>
    public static int BlocksTogether(PrepackedWeights weights, int inputs) => inputs > 1 && weights.Resumes ? MaxBlocks : 1;

    /// <summary>Multiplies neighbouring row blocks.</summary>
    /// <param name="weights">The prepacked weights.</param>
    /// <param name="arguments">
    /// As for a kernel that multiplies the first block from its first segment to its last. Sums are [block][input row][16 rows].
    /// </param>
    /// <param name="blocks">1 to <see cref="BlocksTogether"/>.</param>
    public static void Multiply(PrepackedWeights weights, in KernelArguments arguments, int blocks)
    {
        if (arguments.Inputs == 1 && blocks == 1)
        {
            // Small models have many such blocks: no window is worked out for them.
            weights.Kernel(in arguments);
            return;
        }

        Multiply(weights, weights.Tables, weights.Kernel, in arguments, blocks, 1, arguments.Inputs * PrepackedLayout.BlockRows, WindowBytes);
    }

    /// <summary>Multiplies neighbouring row blocks by a batched kernel.</summary>
    /// <param name="weights">The prepacked weights, which have a batched form.</param>
    /// <param name="arguments">
    /// As above. The sums of blocks lie <see cref="BatchedForm.SumsOfBlock"/> apart, with space for a multiple of <see cref="BatchedForm.Blocks"/>.
    /// </param>
    /// <param name="blocks">1 to <see cref="BatchedForm.MaxBlocks"/>.</param>
    public static void MultiplyBatched(PrepackedWeights weights, in KernelArguments arguments, int blocks)
    {
        var batched = weights.Batched!;
        Multiply(
            weights, batched.Tables, batched.Kernel, in arguments, blocks, batched.Blocks, BatchedForm.SumsOfBlock(arguments.Inputs), BatchedForm.WindowBytes);
    }

    private static void Multiply(
        PrepackedWeights weights, TablePlan plan, delegate*<in KernelArguments, void> kernel, in KernelArguments arguments, int blocks, int together,
        int sumsOfBlock, int windowBytes)
    {
        var rows = PrepackedLayout.DivideUp(arguments.Inputs, plan.RowsTogether) * plan.RowsTogether;
        var tableBytes = (nint)rows * plan.SegmentBytes;
        var segmentBytes = weights.BlockBytes / plan.Segments;
        var window = blocks <= together ? plan.Segments : Math.Clamp((int)(windowBytes / tableBytes), 1, plan.Segments);
        for (var segment = 0; segment < plan.Segments; segment += window)
        {
            var part = arguments;
            part.Segments = Math.Min(window, plan.Segments - segment);
            part.Accumulate = segment > 0;
            part.ReadAhead = window < plan.Segments ? (nint)weights.BlockBytes : ReadAhead;
            part.Tables += segment * tableBytes;
            part.TableScales += (nint)segment * rows;
            part.Weights += segment * segmentBytes;
            for (var block = 0; block < blocks; block += together)
            {
                part.Blocks = Math.Min(together, blocks - block);
                kernel(in part);
                part.Weights += together * weights.BlockBytes;
                part.Sums += together * sumsOfBlock;
            }
        }
    }
}
