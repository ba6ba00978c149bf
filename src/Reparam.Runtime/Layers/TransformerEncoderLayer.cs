namespace Reparam.Runtime;

/// <summary>Attention of a sequence to itself and a network of two layers, each added to its input and normalized.</summary>
[Counterpart("TorchSharp.Modules.TransformerEncoderLayer")]
public sealed class TransformerEncoderLayer : Module<Tensor, Tensor>
{
    private readonly long width;
    private readonly long heads;
    private readonly long inner;
    private readonly Activations activation;
    private readonly MultiheadAttention attention;
    private readonly Linear linear1;
    private readonly Linear linear2;
    private readonly LayerNorm norm1;
    private readonly LayerNorm norm2;

    internal TransformerEncoderLayer(long d_model, long nhead, long dim_feedforward, Activations activation)
        : base(nameof(TransformerEncoderLayer))
    {
        (width, heads, inner, this.activation) = (d_model, nhead, dim_feedforward, activation);
        attention = new MultiheadAttention(d_model, nhead, true, false, false, null, null);
        linear1 = new Linear(d_model, dim_feedforward, true);
        linear2 = new Linear(dim_feedforward, d_model, true);
        norm1 = new LayerNorm([d_model], 1e-5, true, true);
        norm2 = new LayerNorm([d_model], 1e-5, true, true);
    }

    /// <summary>[S, N, width] → the same shape.</summary>
    [Counterpart("forward")]
    public override Tensor Forward(Tensor src) => Run(src, null, null);

    /// <summary>[S, N, width] → the same shape; what the mask forbids is not looked at.</summary>
    [Counterpart("call")]
    public Tensor Call(Tensor src, Tensor? src_mask) => Run(src, src_mask, null);

    /// <summary>[S, N, width] → the same shape; what the masks forbid is not looked at.</summary>
    [Counterpart("call")]
    public Tensor Call(Tensor src, Tensor? src_mask, Tensor? src_key_padding_mask) => Run(src, src_mask, src_key_padding_mask);

    /// <summary>Another layer of the same sizes.</summary>
    internal TransformerEncoderLayer Another() => new(width, heads, inner, activation);

    internal Tensor Run(Tensor src, Tensor? mask, Tensor? padding)
    {
        var x = norm1.Forward(src.Add(attention.Forward(src, src, src, padding, need_weights: false, mask).Item1));
        return norm2.Forward(x.Add(linear2.Forward(activation == Activations.GELU ? linear1.Forward(x).Gelu() : Functional.Relu(linear1.Forward(x)))));
    }

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Module("self_attn", attention);
        visitor.Module("linear1", linear1);
        visitor.Module("linear2", linear2);
        visitor.Module("norm1", norm1);
        visitor.Module("norm2", norm2);
    }
}
