namespace Reparam.Runtime;

/// <summary>An encoder and a decoder.</summary>
[Counterpart("TorchSharp.Modules.Transformer")]
public sealed class Transformer : Module<Tensor, Tensor, Tensor>
{
    private readonly TransformerEncoder encoder;
    private readonly TransformerDecoder decoder;

    internal Transformer(long d_model, long nhead, long num_encoder_layers, long num_decoder_layers, long dim_feedforward, Activations activation)
        : base(nameof(Transformer))
    {
        encoder = new TransformerEncoder(
            new TransformerEncoderLayer(d_model, nhead, dim_feedforward, activation), num_encoder_layers, new LayerNorm([d_model], 1e-5, true, true));
        decoder = new TransformerDecoder(
            new TransformerDecoderLayer(d_model, nhead, dim_feedforward, activation), num_decoder_layers, new LayerNorm([d_model], 1e-5, true, true));
    }

    /// <summary>[S, N, width] and [T, N, width] → [T, N, width].</summary>
    [Counterpart("forward")]
    public override Tensor Forward(Tensor src, Tensor tgt) => Call(src, tgt, null);

    /// <summary>[S, N, width] and [T, N, width] → [T, N, width]; what the masks forbid is not looked at.</summary>
    [Counterpart("call")]
    public Tensor Call(
        Tensor src, Tensor tgt, Tensor? src_mask, Tensor? tgt_mask = null, Tensor? memory_mask = null, Tensor? src_key_padding_mask = null,
        Tensor? tgt_key_padding_mask = null, Tensor? memory_key_padding_mask = null) => decoder.Forward(
            tgt, encoder.Forward(src, src_mask, src_key_padding_mask), tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Module("encoder", encoder);
        visitor.Module("decoder", decoder);
    }
}
