using System.Runtime.CompilerServices;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed;

/// <summary>
/// A product of a <see cref="ColumnScaleMatrix"/> with few input rows. One for each calling thread, kept for its lifetime, so that a warm call allocates
/// nothing.
/// </summary>
internal sealed unsafe class ColumnScaleProduct : PieceJob
{
    private const int MaxInputs = 16;
    private const int Line = 64;

    // Exponent of the largest input: scales lie between 2^-99 and 2^29, so that neither the sums overflow nor the products of small inputs vanish.
    private const int InputExponent = 60;

    [ThreadStatic]
    private static ColumnScaleProduct? current;

    private readonly ProductFactor[] factors = new ProductFactor[MaxInputs];
    private AlignedMemory inputMemory = new(0);
    private ColumnScaleMatrix? matrix;
    private ProductStore store;
    private int inputs;
    private int targetRow;

    /// <summary>The calling thread's product.</summary>
    public static ColumnScaleProduct Current => current ??= new ColumnScaleProduct();

    /// <summary>Computes act(x·Wᵀ + bias) · gate + residual.</summary>
    public void Multiply(ColumnScaleMatrix weights, ReadOnlySpan<float> x, int batch, in ProductStore target, int firstRow, WorkerPool pool)
    {
        (matrix, targetRow) = (weights, firstRow);
        var bytes = (long)Math.Min(batch, MaxInputs) * weights.PaddedColumns * sizeof(float);
        if (inputMemory.Bytes < bytes)
        {
            inputMemory = new AlignedMemory(bytes);
        }

        for (var first = 0; first < batch; first += MaxInputs)
        {
            inputs = Math.Min(MaxInputs, batch - first);
            store = target.From(first);
            for (var input = 0; input < inputs; input++)
            {
                var row = x.Slice((first + input) * weights.Columns, weights.Columns);
                factors[input] = Take(row, new Span<float>(Input(input), weights.PaddedColumns), weights.ScaleExponent);
            }

            // A byte of the prepacked weights takes several times as long as in other layouts.
            Begin(weights.Pieces.Length);
            pool.Run(this, 3 * weights.PrepackedBytes * inputs);
        }

        matrix = null;
    }

    [SkipLocalsInit]
    protected override void Run(int piece)
    {
        var memory = stackalloc byte[(ColumnScaleMatrix.PieceRows * sizeof(float)) + Line];
        var sums = (float*)(((nuint)memory + (Line - 1)) & ~(nuint)(Line - 1));
        ref readonly var rows = ref matrix!.Pieces[piece];
        for (var input = 0; input < inputs; input++)
        {
            Avx512ColumnScaleKernel.Multiply(in rows, Input(input), sums);
            for (var row = 0; row < rows.Rows; row += PrepackedLayout.BlockRows)
            {
                store.Store(sums + row, factors[input], input, targetRow + rows.Row + row, Math.Min(PrepackedLayout.BlockRows, rows.Rows - row));
            }
        }
    }

    private float* Input(int input) => (float*)inputMemory.Start + ((nint)input * matrix!.PaddedColumns);

    /// <summary>Brings an input row into a range in which neither sums overflow nor products vanish.</summary>
    /// <param name="row">[columns].</param>
    /// <param name="place">Out: the row, and zeros behind its end; zeros where it is not finite.</param>
    /// <param name="scaleExponent">The power of two of the weights' scales.</param>
    /// <returns>What the row's sums are multiplied by.</returns>
    public static ProductFactor Take(ReadOnlySpan<float> row, Span<float> place, int scaleExponent)
    {
        if (InputRange.Shift(row, InputExponent, out var hasNonFinite) is { } shift)
        {
            InputRange.Scale(row, shift, place);
            place[row.Length..].Clear();
            return new ProductFactor(false, (long)scaleExponent - shift);
        }

        place.Clear();
        return new ProductFactor(hasNonFinite, 0);
    }
}
