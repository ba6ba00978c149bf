namespace Reparam.Runtime;

/// <summary>Encoder layers one on the other.</summary>
[Counterpart("TorchSharp.Modules.TransformerEncoder")]
public sealed class TransformerEncoder : Module<Tensor, Tensor?, Tensor?, Tensor>
{
    private readonly ModuleList<TransformerEncoderLayer> layers = new();
    private readonly LayerNorm? norm;

    internal TransformerEncoder(TransformerEncoderLayer encoder_layer, long num_layers, LayerNorm? norm = null)
        : base(nameof(TransformerEncoder))
    {
        for (var i = 0L; i < num_layers; i++)
        {
            layers.Add(encoder_layer.Another());
        }

        this.norm = norm;
    }

    /// <summary>[S, N, width] → the same shape; what the masks forbid is not looked at.</summary>
    [Counterpart("forward")]
    public override Tensor Forward(Tensor src, Tensor? src_mask, Tensor? src_key_padding_mask)
    {
        var x = src;
        foreach (var layer in layers)
        {
            x = layer.Run(x, src_mask, src_key_padding_mask);
        }

        return norm?.Forward(x) ?? x;
    }

    /// <summary>[S, N, width] → the same shape; what the mask forbids is not looked at.</summary>
    [Counterpart("call")]
    public Tensor Call(Tensor src, Tensor? src_mask) => Forward(src, src_mask, null);

    /// <summary>[S, N, width] → the same shape.</summary>
    [Counterpart("call")]
    public Tensor Call(Tensor src) => Forward(src, null, null);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Module("layers", layers);
        visitor.Module("norm", norm);
    }
}
