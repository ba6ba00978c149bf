using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Packed;

/// <summary>
/// What a thread needs to compute products: tables, their scales, and the job that other threads help with. One for each calling thread, kept
/// for its lifetime, so that a warm call allocates nothing.
/// </summary>
internal sealed unsafe class ProductScratch : ParallelJob
{
    private const int MaxInputs = 16;
    private const int Line = 64;

    [ThreadStatic]
    private static ProductScratch? current;

    private readonly ProductFactor[] factors = new ProductFactor[MaxInputs];
    private byte[] tableMemory = [];
    private float[] scaleMemory = GC.AllocateArray<float>(1, pinned: true);
    private float[] padded = [];

    private PackedStream? stream;
    private delegate*<in KernelArguments, void> kernel;
    private float* output;
    private float* bias;
    private int inputs;
    private int blocksPerPiece;

    /// <summary>The calling thread's scratch.</summary>
    public static ProductScratch Current => current ??= new ProductScratch();

    /// <summary>Tables, aligned to a cache line.</summary>
    public byte* Tables { get; private set; }

    /// <summary>Scales of the tables.</summary>
    public float* TableScales { get; private set; }

    /// <summary>Grows the buffers to what a pass needs.</summary>
    public void Reserve(int passInputs, StreamLayout layout, int rowTables)
    {
        var tableBytes = checked(passInputs * rowTables + Line);
        if (tableMemory.Length < tableBytes)
        {
            tableMemory = GC.AllocateUninitializedArray<byte>(tableBytes, pinned: true);
            var address = (nuint)Marshal.UnsafeAddrOfPinnedArrayElement(tableMemory, 0);
            Tables = (byte*)((address + Line - 1) & ~(nuint)(Line - 1));
        }

        if (scaleMemory.Length < passInputs * layout.Segments)
        {
            scaleMemory = GC.AllocateUninitializedArray<float>(passInputs * layout.Segments, pinned: true);
        }

        TableScales = (float*)Marshal.UnsafeAddrOfPinnedArrayElement(scaleMemory, 0);
        if (padded.Length < layout.PaddedColumns)
        {
            padded = GC.AllocateUninitializedArray<float>(layout.PaddedColumns);
        }
    }

    /// <summary>Room for one input row in the stream's order.</summary>
    public Span<float> Padded(StreamLayout layout) => padded.AsSpan(0, layout.PaddedColumns);

    /// <summary>Sets the power of two that a row's sums are to be multiplied by.</summary>
    /// <param name="input">Input row of the pass.</param>
    /// <param name="poisoned">Whether the row held a NaN or an infinity, so that its outputs are NaN.</param>
    /// <param name="exponent">Exponent of the power of two.</param>
    public void SetFactor(int input, bool poisoned, long exponent) => factors[input] = new ProductFactor(poisoned, exponent);

    /// <summary>Makes the product of a pass ready to be drained.</summary>
    public void Prepare(
        PackedStream packed, delegate*<in KernelArguments, void> function, int passInputs, float* y, float* offsets, int threads)
    {
        stream = packed;
        kernel = function;
        inputs = passInputs;
        output = y;
        bias = offsets;
        var blocks = packed.Layout.Blocks;
        blocksPerPiece = Math.Max(1, blocks / (threads * 8));
        Reset(StreamLayout.DivideUp(blocks, blocksPerPiece));
    }

    /// <summary>Lets go of the matrix.</summary>
    public void Release() => stream = null;

    protected override void Run(int piece)
    {
        var layout = stream!.Layout;
        var sums = stackalloc float[MaxInputs * StreamLayout.BlockRows];
        var arguments = new KernelArguments
        {
            Tables = Tables,
            TableScales = TableScales,
            Sums = sums,
            Segments = layout.Segments,
            Bits = layout.Bits,
            Inputs = inputs,
            FloatScales = layout.FloatScales,
        };
        var end = Math.Min(layout.Blocks, (piece + 1) * blocksPerPiece);
        for (var block = piece * blocksPerPiece; block < end; block++)
        {
            arguments.Stream = stream.Start + block * layout.BlockBytes;
            kernel(in arguments);
            Store(sums, block * StreamLayout.BlockRows, layout.Rows);
        }
    }

    private void Store(float* sums, int row, int rows)
    {
        var count = Math.Min(StreamLayout.BlockRows, rows - row);
        for (var input = 0; input < inputs; input++)
        {
            var y = output + (nint)input * rows + row;
            var first = factors[input].First;
            var second = factors[input].Second;
            var i = 0;
            for (; i + Vector128<float>.Count <= count; i += Vector128<float>.Count)
            {
                var value = Vector128.Load(sums + i) * first * second;
                (bias == null ? value : value + Vector128.Load(bias + row + i)).Store(y + i);
            }

            for (; i < count; i++)
            {
                var value = sums[i] * first * second;
                y[i] = bias == null ? value : value + bias[row + i];
            }

            sums += StreamLayout.BlockRows;
        }
    }
}
