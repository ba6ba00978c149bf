namespace Reparam.Runtime;

/// <summary>Attention of a sequence to itself and to another, and a network of two layers, each added to its input and normalized.</summary>
[Counterpart("TorchSharp.Modules.TransformerDecoderLayer")]
public sealed class TransformerDecoderLayer : Module<Tensor, Tensor, Tensor?, Tensor?, Tensor?, Tensor?, Tensor>
{
    private readonly long width;
    private readonly long heads;
    private readonly long inner;
    private readonly Activations activation;
    private readonly MultiheadAttention attention;
    private readonly MultiheadAttention crossAttention;
    private readonly Linear linear1;
    private readonly Linear linear2;
    private readonly LayerNorm norm1;
    private readonly LayerNorm norm2;
    private readonly LayerNorm norm3;

    internal TransformerDecoderLayer(long d_model, long nhead, long dim_feedforward, Activations activation)
        : base(nameof(TransformerDecoderLayer))
    {
        (width, heads, inner, this.activation) = (d_model, nhead, dim_feedforward, activation);
        attention = new MultiheadAttention(d_model, nhead, true, false, false, null, null);
        crossAttention = new MultiheadAttention(d_model, nhead, true, false, false, null, null);
        linear1 = new Linear(d_model, dim_feedforward, true);
        linear2 = new Linear(dim_feedforward, d_model, true);
        norm1 = new LayerNorm([d_model], 1e-5, true, true);
        norm2 = new LayerNorm([d_model], 1e-5, true, true);
        norm3 = new LayerNorm([d_model], 1e-5, true, true);
    }

    /// <summary>[T, N, width] and [S, N, width] → [T, N, width]; what the masks forbid is not looked at.</summary>
    [Counterpart("forward")]
    public override Tensor Forward(
        Tensor tgt, Tensor memory, Tensor? tgt_mask, Tensor? memory_mask = null, Tensor? tgt_key_padding_mask = null, Tensor? memory_key_padding_mask = null)
    {
        var x = norm1.Forward(tgt.Add(attention.Forward(tgt, tgt, tgt, tgt_key_padding_mask, need_weights: false, tgt_mask).Item1));
        x = norm2.Forward(x.Add(crossAttention.Forward(x, memory, memory, memory_key_padding_mask, need_weights: false, memory_mask).Item1));
        return norm3.Forward(x.Add(linear2.Forward(activation == Activations.GELU ? linear1.Forward(x).Gelu() : Functional.Relu(linear1.Forward(x)))));
    }

    /// <summary>The same as <see cref="Forward"/>; there are no hooks.</summary>
    [Counterpart("call")]
    public new Tensor Call(
        Tensor tgt, Tensor memory, Tensor? tgt_mask, Tensor? memory_mask = null, Tensor? tgt_key_padding_mask = null, Tensor? memory_key_padding_mask = null) =>
        Forward(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);

    /// <summary>[T, N, width] and [S, N, width] → [T, N, width].</summary>
    [Counterpart("call")]
    public Tensor Call(Tensor tgt, Tensor memory) => Forward(tgt, memory, null);

    /// <summary>Another layer of the same sizes.</summary>
    internal TransformerDecoderLayer Another() => new(width, heads, inner, activation);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Module("self_attn", attention);
        visitor.Module("multihead_attn", crossAttention);
        visitor.Module("linear1", linear1);
        visitor.Module("linear2", linear2);
        visitor.Module("norm1", norm1);
        visitor.Module("norm2", norm2);
        visitor.Module("norm3", norm3);
    }
}
