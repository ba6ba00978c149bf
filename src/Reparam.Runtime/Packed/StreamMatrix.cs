using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>A matrix in the running stream of a vector path.</summary>
internal sealed unsafe class StreamMatrix : PackedMatrix
{
    // Sums of this many input rows and of 16 rows stay in the first cache; a kernel reads a unit's codes once for all of them.
    private const int MaxInputs = 16;

    // Tables of the input rows of one pass; more than that would leave the second cache.
    private const int TableBudget = 512 << 10;

    // Below this many looked-up weight bits one thread is as fast as waking another.
    private const long WorkForThreads = 4 << 20;

    private readonly PackedStream stream;
    private readonly delegate*<in KernelArguments, void> kernel;

    public StreamMatrix(BinaryCodedMatrix matrix, KernelPath path, KernelPrecision precision)
        : base(matrix, matrix.Rows)
    {
        Path = path;
        Precision = precision;
        stream = new PackedStream(matrix, rowsInDwords: path == KernelPath.Avx512);
        kernel = KernelTable.Find(path, precision, stream.Layout);
    }

    public override long RunningBytes => stream.Bytes;

    public override KernelPath Path { get; }

    public KernelPrecision Precision { get; }

    public PackedStream Stream => stream;

    private int QuadBytes => Precision switch
    {
        KernelPrecision.Exact => InputTables.ExactBytes,
        KernelPrecision.Fast => InputTables.PlaneBytes,
        _ => 2 * InputTables.PlaneBytes,
    };

    /// <summary>The product on given threads.</summary>
    public void Multiply(ReadOnlySpan<float> x, Span<float> y, int batch, ReadOnlySpan<float> bias, WorkerPool pool)
    {
        var layout = stream.Layout;
        var rowTables = layout.PaddedColumns / 4 * QuadBytes;
        var pass = Math.Clamp(TableBudget / rowTables, 1, Math.Min(MaxInputs, batch));
        var scratch = ProductScratch.Current;
        scratch.Reserve(pass, layout, rowTables);

        fixed (float* output = y, offsets = bias)
        {
            for (var first = 0; first < batch; first += pass)
            {
                var inputs = Math.Min(pass, batch - first);
                for (var input = 0; input < inputs; input++)
                {
                    BuildTables(scratch, x.Slice((first + input) * Columns, Columns), input, inputs);
                }

                scratch.Prepare(stream, kernel, inputs, output + (nint)first * Rows, bias.IsEmpty ? null : offsets, pool.Threads);
                if ((long)Rows * layout.PaddedColumns * Bits * inputs < WorkForThreads)
                {
                    scratch.Drain();
                }
                else
                {
                    pool.Run(scratch);
                }
            }
        }

        scratch.Release();
    }

    private protected override void MultiplyCore(ReadOnlySpan<float> x, Span<float> y, int batch, ReadOnlySpan<float> bias) =>
        Multiply(x, y, batch, bias, WorkerPool.Shared);

    private protected override void DecodeRowCore(int row, Span<float> destination) => stream.DecodeRow(row, destination);

    private void BuildTables(ProductScratch scratch, ReadOnlySpan<float> x, int input, int inputs)
    {
        var layout = stream.Layout;
        var exact = Precision == KernelPrecision.Exact;
        var exponent = InputTables.Normalise(x, layout, exact, scratch.Padded(layout), out var poisoned);
        if (exact)
        {
            var tables = scratch.Tables + (nint)input * layout.SegmentColumns / 4 * QuadBytes;
            InputTables.BuildExact(scratch.Padded(layout), layout, bytePlanes: !layout.RowsInDwords, tables, inputs);
            exponent += layout.FloatScales ? 0 : InputTables.HalfScaleExponent;
        }
        else
        {
            var tables = scratch.Tables + (nint)input * layout.SegmentColumns / 4 * QuadBytes;
            var planes = Precision == KernelPrecision.Fast ? 1 : 2;
            InputTables.BuildQuantised(
                scratch.Padded(layout), layout, planes, biased: !layout.RowsInDwords, tables, scratch.TableScales + input, inputs);
        }

        scratch.SetFactor(input, poisoned, (long)exponent + stream.ScaleExponent);
    }
}
