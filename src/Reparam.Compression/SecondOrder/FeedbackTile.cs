using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reparam.Compression.Numerics;

namespace Reparam.Compression.SecondOrder;

/// <summary>
/// Some neighbouring rows of a matrix on their way through <see cref="ErrorFeedback"/>, side by side in the lanes of vectors. Every array is [columns, lanes]
/// in the order of coding; weights are normalized.
/// </summary>
internal sealed unsafe class FeedbackTile : IDisposable
{
    private const int VectorBytes = 64;

    // Errors of so many columns are brought to all later columns at once; within them each goes to the next at once.
    private const int StripColumns = 64;

    private readonly ErrorFeedback feedback;
    private readonly int columns;
    private readonly int capacity;
    private readonly List<nint> owned = [];

    private readonly float* weights;
    private readonly float* targets;
    private readonly float* products;
    private readonly float* delta;
    private readonly float* strip;
    private readonly int* chosen;
    private readonly float[] group;
    private readonly float[] column;
    private readonly float[] values;

    // 2^e as a product of two floats, and back.
    private float first;
    private float second;
    private int rows;
    private int firstRow;

    /// <summary>Reserves memory.</summary>
    /// <param name="feedback">The order, the groups and the factor.</param>
    /// <param name="capacity">Rows at most; a multiple of 16.</param>
    public FeedbackTile(ErrorFeedback feedback, int capacity)
    {
        this.feedback = feedback;
        this.capacity = capacity;
        columns = feedback.Order.Length;
        weights = Take((nuint)columns * (nuint)capacity);
        targets = Take((nuint)columns * (nuint)capacity);
        products = Take((nuint)columns * (nuint)capacity);
        delta = Take(StripColumns * (nuint)capacity);
        strip = Take((nuint)feedback.GroupColumns * (nuint)capacity);
        chosen = (int*)Take(StripColumns);
        group = new float[feedback.GroupColumns * capacity];
        column = new float[capacity];
        values = new float[capacity];
    }

    /// <summary>Rounds the rows of one tile and measures; the output error and norm are those of the damped and scaled H.</summary>
    /// <param name="matrix">W, [rows, columns].</param>
    /// <param name="allRows">Rows of the matrix.</param>
    /// <param name="index">Which tile.</param>
    /// <param name="normalization">Range of the weights.</param>
    /// <param name="quantizer">The format.</param>
    /// <param name="cancellation">Ends the work.</param>
    public FeedbackErrors Round(
        ReadOnlySpan<float> matrix, int allRows, int index, Normalization normalization, IColumnQuantizer quantizer, CancellationToken cancellation)
    {
        Load(matrix, allRows, index, normalization);
        var size = (nuint)columns * (nuint)capacity * sizeof(float);
        NativeMemory.Copy(weights, targets, size);
        NativeMemory.Copy(weights, products, size);
        var (error, norm, outputError, outputNorm) = (0.0, 0.0, 0.0, 0.0);
        var begin = 0;
        fixed (float* factor = feedback.Compensation.Factor)
        {
            foreach (var id in feedback.GroupOrder)
            {
                var end = begin + Math.Min(feedback.GroupColumns, columns - id * feedback.GroupColumns);
                BeginGroup(quantizer, id, begin, end - begin, factor);
                for (; begin < end; begin += StripColumns)
                {
                    cancellation.ThrowIfCancellationRequested();
                    var width = Math.Min(StripColumns, end - begin);
                    for (var c = 0; c < width; c++)
                    {
                        chosen[c] = begin + c;
                        outputError += Quantize(quantizer, begin + c, feedback.Compensation.Pivots[begin + c]);
                        Difference(begin + c, delta + c * capacity, ref error);
                        Within(delta + c * capacity, targets, begin + c, begin + width, factor);
                    }

                    RankUpdate.Add(targets, capacity, begin + width, columns, factor, columns, chosen, width, delta);
                    Products(begin, width, factor, ref norm, ref outputNorm);
                }

                begin = end;
            }
        }

        return new FeedbackErrors(error, norm, outputError, outputNorm);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var memory in owned)
        {
            NativeMemory.AlignedFree((void*)memory);
        }

        owned.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Load(ReadOnlySpan<float> matrix, int allRows, int index, Normalization normalization)
    {
        firstRow = index * capacity;
        rows = Math.Min(capacity, allRows - firstRow);
        var half = normalization.ScaleExponent / 2;
        first = MathF.ScaleB(1, half);
        second = MathF.ScaleB(1, normalization.ScaleExponent - half);
        NativeMemory.Clear(weights, (nuint)columns * (nuint)capacity * sizeof(float));
        var order = feedback.Order.Span;
        for (var lane = 0; lane < rows; lane++)
        {
            var row = matrix.Slice((firstRow + lane) * columns, columns);
            for (var k = 0; k < columns; k++)
            {
                weights[(nint)k * capacity + lane] = normalization.Apply(row[order[k]]);
            }
        }
    }

    // What lies in the targets of a group is w − Ůᵀδ over the groups before. Errors of the group itself pass through its own part of Ů too, so what would make
    // up for all of them is w − x with (I + Ůᵀ)·x = Ůᵀδ.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void BeginGroup(IColumnQuantizer quantizer, int id, int begin, int width, float* factor)
    {
        nint lanes = capacity;
        new ReadOnlySpan<float>(targets + begin * lanes, width * capacity).CopyTo(new Span<float>(strip, width * capacity));
        if (begin > 0)
        {
            for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
            {
                for (nint c = 0; c < width; c++)
                {
                    var x = Vector512.Load(weights + (begin + c) * lanes + lane) - Vector512.Load(strip + c * lanes + lane);
                    var row = factor + (begin + c) * (nint)columns + begin;
                    for (var j = c + 1; j < width; j++)
                    {
                        var later = strip + j * lanes + lane;
                        Vector512.FusedMultiplyAdd(Vector512.Create(row[j]), x, Vector512.Load(later)).Store(later);
                    }
                }
            }
        }

        // In the order of the matrix, as the format sees its group.
        var order = feedback.Order.Span;
        var firstColumn = id * feedback.GroupColumns;
        for (var c = 0; c < width; c++)
        {
            Denormalize(strip + c * lanes, group.AsSpan((order[begin + c] - firstColumn) * rows, rows));
        }

        quantizer.BeginGroup(id, new ColumnTile(group.AsSpan(0, width * rows), firstColumn, width, firstRow, rows));
    }

    // Overwrites the weights of a column with what is stored; gives D times the squared distance from the targets.
    private double Quantize(IColumnQuantizer quantizer, int place, float pivot)
    {
        var target = targets + (nint)place * capacity;
        Denormalize(target, column.AsSpan(0, rows));
        quantizer.Quantize(feedback.Order.Span[place], firstRow, column.AsSpan(0, rows), values.AsSpan(0, rows));
        var (up, upAgain) = (1 / first, 1 / second);
        var sum = 0.0;
        for (var lane = 0; lane < rows; lane++)
        {
            values[lane] = values[lane] * up * upAgain;
            var distance = (double)values[lane] - target[lane];
            sum += pivot * distance * distance;
        }

        return sum;
    }

    // w − q of a column.
    private void Difference(int place, float* difference, ref double error)
    {
        var weight = weights + (nint)place * capacity;
        for (var lane = 0; lane < rows; lane++)
        {
            difference[lane] = weight[lane] - values[lane];
            error += ((double)weight[lane] - values[lane]) * ((double)weight[lane] - values[lane]);
        }

        new Span<float>(difference + rows, capacity - rows).Clear();
    }

    // acc[j] += Ů[place, j]·δ for the columns behind place.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Within(float* difference, float* acc, int place, int end, float* factor)
    {
        nint lanes = capacity;
        var row = factor + (nint)place * columns;
        for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
        {
            var d = Vector512.Load(difference + lane);
            for (nint j = place + 1; j < end; j++)
            {
                var later = acc + j * lanes + lane;
                Vector512.FusedMultiplyAdd(Vector512.Create(row[j]), d, Vector512.Load(later)).Store(later);
            }
        }
    }

    // (I + Ůᵀ)·w of some columns, of which all earlier ones have been added; D times its square is what the columns add to w·H·wᵀ.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Products(int begin, int width, float* factor, ref double norm, ref double outputNorm)
    {
        for (var place = begin; place < begin + width; place++)
        {
            var weight = weights + (nint)place * capacity;
            var product = products + (nint)place * capacity;
            var pivot = feedback.Compensation.Pivots[place];
            for (var lane = 0; lane < rows; lane++)
            {
                norm += (double)weight[lane] * weight[lane];
                outputNorm += pivot * ((double)product[lane] * product[lane]);
            }

            Within(weight, products, place, begin + width, factor);
        }

        RankUpdate.Add(products, capacity, begin + width, columns, factor, columns, chosen, width, weights + (nint)begin * capacity);
    }

    // In the weights' own range; what the compensation drives out of the range of floats stays at its end.
    private void Denormalize(float* normalized, Span<float> destination)
    {
        for (var lane = 0; lane < destination.Length; lane++)
        {
            destination[lane] = Math.Clamp(normalized[lane] * first * second, -float.MaxValue, float.MaxValue);
        }
    }

    private float* Take(nuint floats)
    {
        var memory = NativeMemory.AlignedAlloc(Math.Max(floats, 1) * sizeof(float), VectorBytes);
        NativeMemory.Clear(memory, Math.Max(floats, 1) * sizeof(float));
        owned.Add((nint)memory);
        return (float*)memory;
    }
}
