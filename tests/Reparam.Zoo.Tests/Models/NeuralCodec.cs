//! new Zoo.NeuralCodec(8, 16) : randn(1, 1, 64)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>An audio codec: strided convolutions with Snake activations, residual vector quantization, transposed convolutions back.</summary>
public class NeuralCodec : Module<Tensor, (Tensor audio, Tensor codes)>
{
    private readonly Sequential encoder;
    private readonly ResidualQuantizer quantizer;
    private readonly Sequential decoder;

    public NeuralCodec(int channels, int codebookSize, int codebooks = 2, int[]? strides = null) : base(nameof(NeuralCodec))
    {
        strides ??= [2, 4];
        var layers = new List<Module<Tensor, Tensor>> { Conv1d(1, channels, 7L, padding: 3L) };
        var width = channels;
        foreach (var stride in strides)
        {
            layers.Add(new CodecResidual(width, dilation: 1));
            layers.Add(new CodecResidual(width, dilation: 3));
            layers.Add(new Snake(width));
            layers.Add(Conv1d(width, width * 2, 2 * stride, stride: stride, padding: stride / 2));
            width *= 2;
        }

        encoder = Sequential(layers);
        quantizer = new ResidualQuantizer(width, codebookSize, 4, codebooks);
        var back = new List<Module<Tensor, Tensor>>();
        foreach (var stride in strides.Reverse())
        {
            back.Add(new Snake(width));
            back.Add(ConvTranspose1d(width, width / 2, 2 * stride, stride: stride, padding: stride / 2));
            width /= 2;
        }

        back.AddRange([new Snake(width), Conv1d(width, 1, 7L, padding: 3L), Tanh()]);
        decoder = Sequential(back.ToArray());
        RegisterComponents();
    }

    public override (Tensor audio, Tensor codes) forward(Tensor audio)
    {
        var z = encoder.forward(audio);
        var (quantized, codes) = quantizer.forward(z);
        return (decoder.forward(quantized), codes);
    }
}

public class Snake : Module<Tensor, Tensor>
{
    private readonly Parameter alpha;

    public Snake(int channels) : base(nameof(Snake))
    {
        alpha = Parameter(ones(1, channels, 1));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => x + (alpha + 1e-9).reciprocal() * sin(alpha * x).pow(2);
}

public class CodecResidual : Module<Tensor, Tensor>
{
    private readonly Sequential block;

    public CodecResidual(int width, int dilation) : base(nameof(CodecResidual))
    {
        block = Sequential(
            new Snake(width),
            Conv1d(width, width, 7L, padding: 3 * dilation, dilation: dilation),
            new Snake(width),
            Conv1d(width, width, 1L));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => x + block.forward(x);
}

public class ResidualQuantizer : Module<Tensor, (Tensor, Tensor)>
{
    private readonly ModuleList<VectorQuantizer> quantizers;

    public ResidualQuantizer(int width, int codebookSize, int codebookDim, int count) : base(nameof(ResidualQuantizer))
    {
        quantizers = [.. Enumerable.Range(0, count).Select(_ => new VectorQuantizer(width, codebookSize, codebookDim))];
        RegisterComponents();
    }

    public override (Tensor, Tensor) forward(Tensor z)
    {
        Tensor sum = zeros_like(z);
        var residual = z;
        var codes = new List<Tensor>();
        foreach (var quantizer in quantizers)
        {
            var (q, indices) = quantizer.forward(residual);
            sum = sum + q;
            residual = residual - q;
            codes.Add(indices);
        }

        return (sum, stack(codes, dim: 1));
    }
}

public class VectorQuantizer : Module<Tensor, (Tensor, Tensor)>
{
    private readonly Conv1d in_proj;
    private readonly Conv1d out_proj;
    private readonly Embedding codebook;

    public VectorQuantizer(int width, int size, int dim) : base(nameof(VectorQuantizer))
    {
        in_proj = Conv1d(width, dim, 1L);
        out_proj = Conv1d(dim, width, 1L);
        codebook = Embedding(size, dim);
        RegisterComponents();
    }

    public override (Tensor, Tensor) forward(Tensor z)
    {
        var projected = in_proj.forward(z);
        var encodings = functional.normalize(projected.transpose(1, 2).reshape(-1, projected.shape[1]));
        var table = functional.normalize(codebook.weight!);
        var distance = encodings.pow(2).sum(1, keepdim: true) - 2 * encodings.matmul(table.t()) + table.pow(2).sum(1, keepdim: true).t();
        var indices = (-distance).max(1).indexes.view(projected.shape[0], -1);
        var q = codebook.forward(indices).transpose(1, 2);
        q = projected + (q - projected).detach();
        return (out_proj.forward(q), indices);
    }
}
