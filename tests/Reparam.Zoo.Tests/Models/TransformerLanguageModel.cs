//! new Zoo.TransformerLanguageModel(50, 16, 2, 32, 2) : ints(50, 6, 2), zeros(6, 6)
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>A language model over the library's transformer encoder, with sinusoidal positions and a device that it remembers.</summary>
public class TransformerLanguageModel : Module<Tensor, Tensor, Tensor>
{
    private TorchSharp.Modules.TransformerEncoder transformer_encoder;
    private PositionalEncoding pos_encoder;
    private TorchSharp.Modules.Embedding encoder;
    private TorchSharp.Modules.Linear decoder;
    private long ninputs;
    private Device device;

    public TransformerLanguageModel(long ntokens, long ninputs, long nheads, long nhidden, long nlayers, double dropout = 0.5) : base("Transformer")
    {
        this.ninputs = ninputs;
        pos_encoder = new PositionalEncoding(ninputs, dropout);
        var encoder_layers = TransformerEncoderLayer(ninputs, nheads, nhidden, dropout);
        transformer_encoder = TransformerEncoder(encoder_layers, nlayers);
        encoder = Embedding(ntokens, ninputs);
        decoder = Linear(ninputs, ntokens);
        InitWeights();
        RegisterComponents();
    }

    public Tensor GenerateSquareSubsequentMask(long size)
    {
        var mask = (torch.ones(new long[] { size, size }) == 1).triu().transpose(0, 1);
        return mask.to_type(ScalarType.Float32).masked_fill(mask == 0, float.NegativeInfinity).masked_fill(mask == 1, 0.0f).to(device);
    }

    private void InitWeights()
    {
        var initrange = 0.1;
        init.uniform_(encoder.weight, -initrange, initrange);
        init.zeros_(decoder.bias);
        init.uniform_(decoder.weight, -initrange, initrange);
    }

    public override Tensor forward(Tensor t, Tensor mask)
    {
        var src = pos_encoder.call(encoder.call(t) * MathF.Sqrt(ninputs));
        var enc = transformer_encoder.call(src, mask);
        return decoder.call(enc);
    }

    protected override Module _to(Device device, ScalarType dtype, bool non_blocking)
    {
        this.device = device;
        return base._to(device, dtype, non_blocking);
    }
}

internal class PositionalEncoding : Module<Tensor, Tensor>
{
    private Module<Tensor, Tensor> dropout;
    private Tensor pe;

    public PositionalEncoding(long dmodel, double dropout, int maxLen = 64) : base("PositionalEncoding")
    {
        this.dropout = Dropout(dropout);
        var pe = torch.zeros(new long[] { maxLen, dmodel });
        var position = torch.arange(0, maxLen, 1).unsqueeze(1);
        var divTerm = (torch.arange(0, dmodel, 2) * (-Math.Log(10000.0) / dmodel)).exp();
        pe[TensorIndex.Ellipsis, TensorIndex.Slice(0, null, 2)] = (position * divTerm).sin();
        pe[TensorIndex.Ellipsis, TensorIndex.Slice(1, null, 2)] = (position * divTerm).cos();
        this.pe = pe.unsqueeze(0).transpose(0, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor t)
    {
        using var x = t + pe[TensorIndex.Slice(null, t.shape[0]), TensorIndex.Slice()];
        return dropout.call(x);
    }
}
