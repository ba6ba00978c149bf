namespace Reparam.Runtime;

/// <content>Attention and transformers.</content>
public static partial class Nn
{
    /// <summary>Empty attention of several heads.</summary>
    [Counterpart("MultiheadAttention")]
    public static MultiheadAttention MultiheadAttention(
        long embedded_dim, long num_heads, double dropout = 0, bool bias = true, bool add_bias_kv = false, bool add_zero_attn = false, long? kdim = null,
        long? vdim = null) => new(embedded_dim, num_heads, bias, add_bias_kv, add_zero_attn, kdim, vdim);

    /// <summary>An empty encoder layer.</summary>
    [Counterpart("TransformerEncoderLayer")]
    public static TransformerEncoderLayer TransformerEncoderLayer(
        long d_model = 512, long nhead = 8, long dim_feedforward = 2048, double dropout = 0.1, Activations activation = Activations.ReLU) =>
        new(d_model, nhead, dim_feedforward, activation);

    /// <summary>Empty encoder layers of the sizes of a given one.</summary>
    [Counterpart("TransformerEncoder")]
    public static TransformerEncoder TransformerEncoder(TransformerEncoderLayer encoder_layer, long num_layers) => new(encoder_layer, num_layers);

    /// <summary>An empty decoder layer.</summary>
    [Counterpart("TransformerDecoderLayer")]
    public static TransformerDecoderLayer TransformerDecoderLayer(
        long d_model = 512, long nhead = 8, long dim_feedforward = 2048, double dropout = 0.1, Activations activation = Activations.ReLU) =>
        new(d_model, nhead, dim_feedforward, activation);

    /// <summary>Empty decoder layers of the sizes of a given one.</summary>
    [Counterpart("TransformerDecoder")]
    public static TransformerDecoder TransformerDecoder(TransformerDecoderLayer decoder_layer, long num_layers) => new(decoder_layer, num_layers);

    /// <summary>An empty encoder and decoder.</summary>
    [Counterpart("Transformer")]
    public static Transformer Transformer(
        long d_model = 512, long nhead = 8, long num_encoder_layers = 6, long num_decoder_layers = 6, long dim_feedforward = 2048, double dropout = 0.1,
        Activations activation = Activations.ReLU) => new(d_model, nhead, num_encoder_layers, num_decoder_layers, dim_feedforward, activation);
}
