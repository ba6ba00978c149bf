namespace Reparam.Runtime;

/// <summary>
/// The transpose of a packed weight [out, in]. A product with it reads the codes, as the layer of the weight would; what else reads it has the decoded values.
/// </summary>
internal sealed class TransposedWeight : Tensor
{
    /// <summary>Transposes a packed weight.</summary>
    /// <param name="weight">[out, in].</param>
    public TransposedWeight(Parameter weight)
    {
        Weight = weight;
        Bind(null, weight.Dtype, [weight.Shape[1], weight.Shape[0]], [weight.Strides[1], weight.Strides[0]], 0);
    }

    /// <summary>The weight, [out, in].</summary>
    public Parameter Weight { get; }
}
