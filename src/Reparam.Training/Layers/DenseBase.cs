using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>A base layer whose weight is a dense tensor.</summary>
/// <param name="shape">Name, kind and weight shape of the layer.</param>
/// <param name="weight">The weight.</param>
/// <param name="bias">The bias, [out], or null.</param>
/// <param name="operation">The layer's operation.</param>
public sealed class DenseBase(LayerShape shape, Tensor weight, Tensor? bias, ILayerOperation operation) : IBaseLayer
{
    /// <inheritdoc/>
    public LayerShape Shape { get; } = shape;

    /// <inheritdoc/>
    public ScalarType Type => weight.dtype;

    /// <inheritdoc/>
    public Device Device => weight.device;

    /// <inheritdoc/>
    public Tensor? Bias { get; } = bias;

    /// <inheritdoc/>
    public Tensor Run(Tensor x, Tensor weight) => operation.Run(x, weight);

    /// <inheritdoc/>
    public Tensor Product(Tensor x) => operation.Run(x, weight);

    /// <inheritdoc/>
    public Tensor Rows(Tensor indices) => weight.index_select(0, indices);

    /// <inheritdoc/>
    public Tensor OutputNorms() => OutputNorms(weight.detach(), Shape);

    /// <inheritdoc/>
    public Tensor Weight() => weight;

    /// <summary>‖·‖ over every dimension but the one that counts outputs, in at least float32.</summary>
    /// <param name="weight">A weight of the layer's shape.</param>
    /// <param name="shape">The layer.</param>
    /// <returns>[out].</returns>
    public static Tensor OutputNorms(Tensor weight, LayerShape shape)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(shape);
        var others = Enumerable.Range(0, shape.Weight.Count).Where(d => d != shape.OutputDimension).Select(d => (long)d).ToArray();
        return weight.to(weight.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32).square().sum(others).sqrt();
    }
}
