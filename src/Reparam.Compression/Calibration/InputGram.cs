using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Checkpoints;

namespace Reparam.Compression.Calibration;

/// <summary>
/// H = mean of x·xᵀ over stored inputs. The product of two floats is exact in double precision and each element is added up in the order of the tokens, so
/// neither the number of cores nor the width of the vectors changes a bit of the result.
/// </summary>
internal sealed unsafe class InputGram
{
    // A worker forms one square of H at a time, from parts of the tokens: two panels and the sums fit the second-level cache.
    private const int Side = 128;
    private const int Part = 128;

    // Squares that are summed in one pass over the inputs: what is kept of them is a few dozen megabytes, whatever the number of columns.
    private const int PassSquares = 512;

    // Inputs that are read at once, in elements; at least one part of the tokens.
    private const int BatchElements = 4 << 20;

    // Columns that lie side by side in a panel: the inner loop walks over [token, Lane] without a jump.
    private const int Lane = 8;

    private readonly ICheckpoint checkpoint;
    private readonly TensorInfo inputs;
    private readonly int columns;
    private readonly long tokens;
    private readonly float[] gram;
    private readonly float[] batch;
    private readonly CancellationToken cancellation;

    private InputGram(ICheckpoint checkpoint, TensorInfo inputs, int columns, CancellationToken cancellation)
    {
        this.checkpoint = checkpoint;
        this.inputs = inputs;
        this.columns = columns;
        this.cancellation = cancellation;
        tokens = inputs.ElementCount / columns;
        gram = new float[(long)columns * columns];
        batch = new float[BatchTokens * columns];
    }

    // A multiple of Part, or all tokens.
    private int BatchTokens => (int)Math.Min(tokens, Math.Max(1, BatchElements / columns / Part) * Part);

    /// <summary>Computes H.</summary>
    /// <param name="checkpoint">Holds the inputs.</param>
    /// <param name="tensor">[..., columns] with at least one token; F32, F16, BF16 or F64 (rounded to F32).</param>
    /// <param name="columns">Length of an input vector.</param>
    /// <param name="threads">Cores to use; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="CheckpointException">An input is not finite, or H does not fit F32.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Gram Compute(ICheckpoint checkpoint, string tensor, int columns, int threads, CancellationToken cancellation)
    {
        var job = new InputGram(checkpoint, checkpoint.Info(tensor), columns, cancellation);
        var sides = (columns + Side - 1) / Side;
        var squares = sides * (sides + 1) / 2;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? -1 : threads, CancellationToken = cancellation };
        for (var first = 0; first < squares; first += PassSquares)
        {
            job.Pass(first, Math.Min(PassSquares, squares - first), parallel);
        }

        job.RequireFinite();
        return new Gram(columns, job.gram, job.tokens);
    }

    /// <summary>Sums some neighbouring squares over all tokens, which are read once.</summary>
    private void Pass(int first, int squares, ParallelOptions parallel)
    {
        var sums = new double[squares][];
        for (var i = 0; i < squares; i++)
        {
            sums[i] = new double[Side * Side];
        }

        for (long start = 0; start < tokens; start += BatchTokens)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = (int)Math.Min(BatchTokens, tokens - start);
            Read(start, count);
            Parallel.For(0, sums.Length, parallel, static () => new Panels(), (i, _, panels) => Add(first + i, sums[i], count, panels), static _ => { });
        }

        for (var i = 0; i < sums.Length; i++)
        {
            var (down, across) = Place(first + i);
            Store(sums[i], down * Side, across * Side);
        }
    }

    // Squares of the lower triangle are counted row after row.
    private static (int Down, int Across) Place(int square)
    {
        var down = (int)((Math.Sqrt((8.0 * square) + 1) - 1) / 2);
        return (down, square - (down * (down + 1) / 2));
    }

    private Panels Add(int square, double[] sums, int tokensOfBatch, Panels panels)
    {
        var (down, across) = Place(square);
        for (var start = 0; start < tokensOfBatch; start += Part)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(Part, tokensOfBatch - start);
            Fill(panels.Left, start, count, down * Side);
            if (across != down)
            {
                Fill(panels.Right, start, count, across * Side);
            }

            Accumulate(panels.Left, across == down ? panels.Left : panels.Right, sums, count);
        }

        return panels;
    }

    private void Read(long start, int count)
    {
        var size = inputs.DType.BitSize() / 8;
        var bytes = checkpoint.Bytes(inputs.Name, start * columns * size, checked(count * columns * size));
        ElementConversion.ToSingles(inputs.DType, bytes, batch.AsSpan(0, count * columns));
    }

    // Panel: [column / Lane, token, column % Lane]; columns past the end are 0.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(double[] panel, int start, int count, int first)
    {
        var width = Math.Min(Side, columns - first);
        for (var token = 0; token < count; token++)
        {
            var row = batch.AsSpan(((start + token) * columns) + first, width);
            for (var column = 0; column < Side; column++)
            {
                panel[(((column / Lane * Part) + token) * Lane) + (column % Lane)] = column < width ? row[column] : 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Accumulate(double[] left, double[] right, double[] sums, int count)
    {
        fixed (double* leftStart = left, rightStart = right, sumsStart = sums)
        {
            for (var i = 0; i < Side; i += 4)
            {
                for (var j = 0; j < Side; j += Lane)
                {
                    Accumulate(leftStart + (i / Lane * Part * Lane) + (i % Lane), rightStart + (j * Part), sumsStart + (i * Side) + j, count);
                }
            }
        }
    }

    // Four rows of H by eight columns, in registers over all tokens of the part.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Accumulate(double* left, double* right, double* sums, int count)
    {
        var row0 = sums;
        var row1 = sums + Side;
        var row2 = sums + (2 * Side);
        var row3 = sums + (3 * Side);
        var (low0, high0) = (Vector256.Load(row0), Vector256.Load(row0 + 4));
        var (low1, high1) = (Vector256.Load(row1), Vector256.Load(row1 + 4));
        var (low2, high2) = (Vector256.Load(row2), Vector256.Load(row2 + 4));
        var (low3, high3) = (Vector256.Load(row3), Vector256.Load(row3 + 4));
        for (var token = 0; token < count; token++, left += Lane, right += Lane)
        {
            var low = Vector256.Load(right);
            var high = Vector256.Load(right + 4);

            // The product is exact, so it does not matter whether it is rounded on its own.
            var x = Vector256.Create(left[0]);
            low0 = Vector256.MultiplyAddEstimate(x, low, low0);
            high0 = Vector256.MultiplyAddEstimate(x, high, high0);
            x = Vector256.Create(left[1]);
            low1 = Vector256.MultiplyAddEstimate(x, low, low1);
            high1 = Vector256.MultiplyAddEstimate(x, high, high1);
            x = Vector256.Create(left[2]);
            low2 = Vector256.MultiplyAddEstimate(x, low, low2);
            high2 = Vector256.MultiplyAddEstimate(x, high, high2);
            x = Vector256.Create(left[3]);
            low3 = Vector256.MultiplyAddEstimate(x, low, low3);
            high3 = Vector256.MultiplyAddEstimate(x, high, high3);
        }

        low0.Store(row0);
        high0.Store(row0 + 4);
        low1.Store(row1);
        high1.Store(row1 + 4);
        low2.Store(row2);
        high2.Store(row2 + 4);
        low3.Store(row3);
        high3.Store(row3 + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Store(double[] sums, int top, int left)
    {
        for (var i = 0; i < Math.Min(Side, columns - top); i++)
        {
            for (var j = 0; j < Math.Min(Side, columns - left); j++)
            {
                var mean = (float)(sums[(i * Side) + j] / tokens);
                gram[((long)(top + i) * columns) + left + j] = mean;
                gram[((long)(left + j) * columns) + top + i] = mean;
            }
        }
    }

    // No element of H is larger than the largest of its diagonal.
    private void RequireFinite()
    {
        for (var column = 0; column < columns; column++)
        {
            if (!float.IsFinite(gram[((long)column * columns) + column]))
            {
                throw new CheckpointException(
                    checkpoint.Path, inputs.Name, CheckpointRule.Calibration,
                    FirstNonFinite(column) is { } token
                        ? $"found an input that is not finite at [{token}, {column}], expected finite inputs"
                        : $"found inputs in column {column} whose mean square is above the range of F32");
            }
        }
    }

    private long? FirstNonFinite(int column)
    {
        for (long start = 0; start < tokens; start += BatchTokens)
        {
            var count = (int)Math.Min(BatchTokens, tokens - start);
            Read(start, count);
            for (var token = 0; token < count; token++)
            {
                if (!float.IsFinite(batch[(token * columns) + column]))
                {
                    return start + token;
                }
            }
        }

        return null;
    }

    /// <summary>Scratch memory of a worker.</summary>
    private sealed class Panels
    {
        public double[] Left { get; } = new double[Part * Side];

        public double[] Right { get; } = new double[Part * Side];
    }
}
