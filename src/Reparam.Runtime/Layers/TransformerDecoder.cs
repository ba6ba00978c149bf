namespace Reparam.Runtime;

/// <summary>Decoder layers one on the other.</summary>
[Counterpart("TorchSharp.Modules.TransformerDecoder")]
public sealed class TransformerDecoder : Module<Tensor, Tensor, Tensor?, Tensor?, Tensor?, Tensor?, Tensor>
{
    private readonly ModuleList<TransformerDecoderLayer> layers = new();
    private readonly LayerNorm? norm;

    internal TransformerDecoder(TransformerDecoderLayer decoder_layer, long num_layers, LayerNorm? norm = null)
        : base(nameof(TransformerDecoder))
    {
        for (var i = 0L; i < num_layers; i++)
        {
            layers.Add(decoder_layer.Another());
        }

        this.norm = norm;
    }

    /// <summary>[T, N, width] and [S, N, width] → [T, N, width]; what the masks forbid is not looked at.</summary>
    [Counterpart("forward")]
    public override Tensor Forward(
        Tensor tgt, Tensor memory, Tensor? tgt_mask, Tensor? memory_mask = null, Tensor? tgt_key_padding_mask = null, Tensor? memory_key_padding_mask = null)
    {
        var x = tgt;
        foreach (var layer in layers)
        {
            x = layer.Forward(x, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);
        }

        return norm?.Forward(x) ?? x;
    }

    /// <summary>The same as <see cref="Forward"/>; there are no hooks.</summary>
    [Counterpart("call")]
    public new Tensor Call(
        Tensor tgt, Tensor memory, Tensor? tgt_mask, Tensor? memory_mask = null, Tensor? tgt_key_padding_mask = null, Tensor? memory_key_padding_mask = null) =>
        Forward(tgt, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask);

    /// <summary>[T, N, width] and [S, N, width] → [T, N, width].</summary>
    [Counterpart("call")]
    public Tensor Call(Tensor tgt, Tensor memory) => Forward(tgt, memory, null);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Module("layers", layers);
        visitor.Module("norm", norm);
    }
}
