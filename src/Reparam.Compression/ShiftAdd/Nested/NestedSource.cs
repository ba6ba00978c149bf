using Reparam.Compression.Numerics;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>A matrix to code.</summary>
internal sealed record NestedSource
{
    /// <summary>Takes a matrix.</summary>
    /// <param name="weights">[rows, columns].</param>
    /// <param name="shape">Its cut into blocks.</param>
    /// <param name="tensor">Name of the tensor, for errors.</param>
    /// <exception cref="ArgumentException">The number of weights is not rows × columns.</exception>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    public NestedSource(ReadOnlyMemory<float> weights, NestedShape shape, string tensor)
    {
        if (weights.Length != (long)shape.Rows * shape.Columns)
        {
            throw new ArgumentException($"{weights.Length} weights do not fill {shape.Rows} × {shape.Columns}", nameof(weights));
        }

        Weights = weights;
        Shape = shape;
        Normalization = Normalization.Of(weights.Span, tensor);
    }

    /// <summary>[rows, columns].</summary>
    public ReadOnlyMemory<float> Weights { get; }

    /// <summary>The cut into blocks.</summary>
    public NestedShape Shape { get; }

    /// <summary>The range.</summary>
    public Normalization Normalization { get; }

    /// <summary>[columns]: what a squared error counts; empty for 1.</summary>
    public ReadOnlyMemory<float> ColumnImportances { get; init; }
}
