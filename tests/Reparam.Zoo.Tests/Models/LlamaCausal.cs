//! new Zoo.LlamaForCausalLM(new Zoo.LlamaConfig()) : ints(100, 1, 6)
using System.Diagnostics.Contracts;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zoo;

public record LlamaConfig
{
    public int HiddenSize { get; init; } = 32;

    public int IntermediateSize { get; init; } = 48;

    public int NumAttentionHeads { get; init; } = 4;

    public int NumKeyValueHeads { get; init; } = 2;

    public int NumHiddenLayers { get; init; } = 2;

    public int VocabSize { get; init; } = 100;

    public int? PadTokenId { get; init; }

    public float RmsNormEps { get; init; } = 1e-6f;

    public double RopeTheta { get; init; } = 10000;

    public string HiddenAct { get; init; } = "silu";

    public bool AttentionBias { get; init; }

    public ScalarType DType { get; init; } = ScalarType.Float32;
}

/// <summary>Llama as a port of the Python model: inputs and outputs are classes with tensors, a cache behind an interface, extension methods.</summary>
public class LlamaForCausalLM : nn.Module<Tensor, Tensor>
{
    private readonly LlamaConfig config;
    private readonly LlamaModel model;
    private readonly LlamaLinear lm_head;

    public LlamaForCausalLM(LlamaConfig config, string? device = null) : base(nameof(LlamaForCausalLM))
    {
        this.config = config;
        model = new LlamaModel(config);
        lm_head = new LlamaLinear(config.HiddenSize, config.VocabSize, hasBias: false, dtype: config.DType);
        this.RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var cache = new DynamicKvCache();
        var outputs = this.model.forward(new LlamaModelInput(input) { Cache = cache });
        var logits = this.lm_head.forward(outputs.LastHiddenState);
        return logits.to_type(ScalarType.Float32);
    }

    public static LlamaForCausalLM FromPretrained(string folder, ScalarType dtype = ScalarType.BFloat16, string device = "cpu")
    {
        var model = new LlamaForCausalLM(new LlamaConfig { DType = dtype });
        model.load(Path.Join(folder, "weights.dat"));
        return model.to(device);
    }
}

internal interface IKvCache : IDisposable
{
    (Tensor, Tensor) Update(Tensor key, Tensor value, int layerIndex);

    int GetUsableLength(int newLength, int layerIndex = 0);
}

internal class DynamicKvCache : Dictionary<int, (Tensor, Tensor)>, IKvCache
{
    private readonly DisposeScope scope = NewDisposeScope();

    public (Tensor, Tensor) Update(Tensor key, Tensor value, int layerIndex)
    {
        if (this.ContainsKey(layerIndex))
        {
            var (oldKey, oldValue) = this[layerIndex];
            this[layerIndex] = (
                torch.cat([oldKey, key], -2).MoveToOtherDisposeScope(this.scope), torch.cat([oldValue, value], -2).MoveToOtherDisposeScope(this.scope));
        }
        else
        {
            this.Add(layerIndex, (key.MoveToOtherDisposeScope(this.scope), value.MoveToOtherDisposeScope(this.scope)));
        }

        return this[layerIndex];
    }

    public int GetUsableLength(int newLength, int layerIndex = 0) => this.TryGetValue(layerIndex, out var pair) ? pair.Item1.IntShape()[^2] : 0;

    public void Dispose() => this.scope.Dispose();
}

internal static class LlamaExtensions
{
    public static int[] IntShape(this Tensor tensor) => tensor.shape.Select(x => (int)x).ToArray();
}

internal class LlamaModelInput(Tensor inputIds)
{
    public Tensor InputIds { get; } = inputIds;

    public Tensor? AttentionMask { get; set; }

    public IKvCache? Cache { get; set; }
}

internal class LlamaModelOutput
{
    public LlamaModelOutput(Tensor lastHiddenState, Tensor[] allHiddenStates)
    {
        LastHiddenState = lastHiddenState;
        AllHiddenStates = allHiddenStates;
    }

    public Tensor LastHiddenState { get; set; }

    public Tensor[] AllHiddenStates { get; set; }
}

internal class LlamaLayerInput
{
    public LlamaLayerInput(Tensor hiddenStates, Tensor positionIds, Tensor? attentionMask = null, IKvCache? cache = null)
    {
        this.HiddenStates = hiddenStates;
        this.PositionIds = positionIds;
        this.AttentionMask = attentionMask;
        this.Cache = cache;
    }

    public Tensor HiddenStates { get; set; }

    public Tensor PositionIds { get; set; }

    public Tensor? AttentionMask { get; set; }

    public IKvCache? Cache { get; set; }
}

internal class LlamaLinear : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? bias;

    public LlamaLinear(int inFeatures, int outFeatures, bool hasBias = true, ScalarType dtype = ScalarType.Float32, string? device = null)
        : base(nameof(LlamaLinear))
    {
        device ??= torch.get_default_device().ToString();
        this.weight = nn.Parameter(torch.randn(outFeatures, inFeatures, dtype: dtype, device: device) * 0.1);
        if (hasBias)
        {
            this.bias = nn.Parameter(torch.zeros(outFeatures, dtype: dtype, device: device));
        }

        this.RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var dispose = torch.NewDisposeScope();
        var result = torch.matmul(input.to_type(ScalarType.Float32), this.weight.to_type(ScalarType.Float32).t());
        if (this.bias is not null)
        {
            result = result + this.bias.to_type(ScalarType.Float32);
        }

        return result.to_type(input.dtype).MoveToOuterDisposeScope();
    }
}

internal class LlamaRmsNorm : nn.Module<Tensor, Tensor>
{
    private readonly float eps;
    private readonly Parameter weight;

    public LlamaRmsNorm(int hiddenSize, float eps = 1e-6f, ScalarType dtype = ScalarType.Float32) : base(nameof(LlamaRmsNorm))
    {
        this.eps = eps;
        this.weight = nn.Parameter(torch.ones(hiddenSize, dtype: dtype));
    }

    private Tensor Norm(Tensor x) => x * torch.rsqrt(x.pow(2).mean([-1L], keepdim: true) + this.eps);

    public override Tensor forward(Tensor input) => this.weight * this.Norm(input.to_type(ScalarType.Float32)).type_as(input);
}

internal class LlamaRotary : nn.Module<Tensor, Tensor, (Tensor cos, Tensor sin)>
{
    private readonly int dim;

    public LlamaRotary(double baseValue, int dim) : base(nameof(LlamaRotary))
    {
        this.dim = dim;
        var numerator = torch.arange(0, this.dim, 2, dtype: ScalarType.Int64).to(torch.float32);
        this.register_buffer("inv_freq", torch.pow(baseValue, -1.0f * (numerator / dim)), persistent: false);
    }

    public override (Tensor cos, Tensor sin) forward(Tensor x, Tensor positionIds)
    {
        var invFreq = this.get_buffer("inv_freq").to(x.device);
        var expanded = invFreq.unsqueeze(0).unsqueeze(-1).expand(new long[] { positionIds.shape[0], -1, 1 });
        var freqs = (expanded * positionIds.unsqueeze(1).to(torch.float32)).transpose(1, 2);
        var emb = torch.cat([freqs, freqs], dim: -1);
        return (torch.cos(emb).to_type(x.dtype), torch.sin(emb).to_type(x.dtype));
    }

    public static Tensor RotateHalf(Tensor x)
    {
        var x1 = x[.., .., .., ..(int)(x.shape[^1] / 2)];
        var x2 = x[.., .., .., (int)(x.shape[^1] / 2)..];
        return torch.cat([-x2, x1], dim: -1);
    }

    public static (Tensor, Tensor) Apply(Tensor q, Tensor k, Tensor cos, Tensor sin, int unsqueezeDim = 1)
    {
        cos = cos.unsqueeze(unsqueezeDim);
        sin = sin.unsqueeze(unsqueezeDim);
        var qEmbed = q * cos;
        qEmbed += RotateHalf(q) * sin;
        var kEmbed = k * cos;
        kEmbed += RotateHalf(k) * sin;
        return (qEmbed, kEmbed);
    }
}

internal class LlamaAttention : nn.Module<LlamaLayerInput, Tensor>
{
    private readonly int layerIdx;
    private readonly int numHeads;
    private readonly int numKeyValueHeads;
    private readonly int headDim;
    private readonly Linear q_proj;
    private readonly Linear k_proj;
    private readonly Linear v_proj;
    private readonly Linear o_proj;
    private readonly nn.Module<Tensor, Tensor, (Tensor cos, Tensor sin)> rotary_emb;

    public LlamaAttention(LlamaConfig config, int layerIdx, nn.Module<Tensor, Tensor, (Tensor cos, Tensor sin)> rotary) : base(nameof(LlamaAttention))
    {
        this.layerIdx = layerIdx;
        this.numHeads = config.NumAttentionHeads;
        this.numKeyValueHeads = config.NumKeyValueHeads;
        this.headDim = config.HiddenSize / this.numHeads;
        Contract.Assert(this.headDim * this.numHeads == config.HiddenSize, "hidden_size must be divisible by num_heads");
        this.q_proj = nn.Linear(config.HiddenSize, this.numHeads * this.headDim, hasBias: config.AttentionBias, dtype: config.DType);
        this.k_proj = nn.Linear(config.HiddenSize, this.numKeyValueHeads * this.headDim, hasBias: config.AttentionBias, dtype: config.DType);
        this.v_proj = nn.Linear(config.HiddenSize, this.numKeyValueHeads * this.headDim, hasBias: config.AttentionBias, dtype: config.DType);
        this.o_proj = nn.Linear(this.numHeads * this.headDim, config.HiddenSize, hasBias: config.AttentionBias, dtype: config.DType);
        this.rotary_emb = rotary;
    }

    private static Tensor RepeatKv(Tensor x, int n)
    {
        var (batch, heads, length, dim) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3]);
        return n == 1 ? x : x.unsqueeze(2).expand(batch, heads, n, length, dim).contiguous().view(batch, heads * n, length, dim);
    }

    public override Tensor forward(LlamaLayerInput input)
    {
        using (var _ = NewDisposeScope())
        {
            var hidden = input.HiddenStates;
            var bsz = hidden.shape[0];
            var qLen = hidden.shape[1];
            var query = this.q_proj.forward(hidden).view(bsz, qLen, this.numHeads, this.headDim).transpose(1, 2);
            var key = this.k_proj.forward(hidden).view(bsz, qLen, this.numKeyValueHeads, this.headDim).transpose(1, 2);
            var value = this.v_proj.forward(hidden).view(bsz, qLen, this.numKeyValueHeads, this.headDim).transpose(1, 2);
            var kvSeqLen = key.IntShape()[^2];
            if (input.Cache is not null)
            {
                kvSeqLen += input.Cache.GetUsableLength(kvSeqLen, this.layerIdx);
            }

            (var cos, var sin) = this.rotary_emb.forward(value, input.PositionIds);
            (query, key) = LlamaRotary.Apply(query, key, cos, sin);
            if (input.Cache is not null)
            {
                (key, value) = input.Cache.Update(key, value, this.layerIdx);
            }

            key = RepeatKv(key, this.numHeads / this.numKeyValueHeads);
            value = RepeatKv(value, this.numHeads / this.numKeyValueHeads);
            var weights = torch.matmul(query, key.transpose(2, 3)) / Math.Sqrt(this.headDim);
            Contract.Assert(weights.shape[3] == kvSeqLen);
            if (input.AttentionMask is not null)
            {
                weights = weights + input.AttentionMask;
            }

            weights = nn.functional.softmax(weights, dim: -1, dtype: ScalarType.Float32).to(value.dtype);
            weights = nn.functional.dropout(weights, 0.0, this.training);
            var output = torch.matmul(weights, value).transpose(1, 2).contiguous().reshape(bsz, qLen, -1);
            return this.o_proj.forward(output).MoveToOuterDisposeScope();
        }
    }
}

internal class LlamaMlp : nn.Module<Tensor, Tensor>
{
    private readonly Linear gate_proj;
    private readonly Linear up_proj;
    private readonly Linear down_proj;
    private readonly nn.Module<Tensor, Tensor> activation_fn;

    public LlamaMlp(LlamaConfig config) : base(nameof(LlamaMlp))
    {
        this.gate_proj = nn.Linear(config.HiddenSize, config.IntermediateSize, hasBias: false, dtype: config.DType);
        this.up_proj = nn.Linear(config.HiddenSize, config.IntermediateSize, hasBias: false, dtype: config.DType);
        this.down_proj = nn.Linear(config.IntermediateSize, config.HiddenSize, hasBias: false, dtype: config.DType);
        this.RegisterComponents();
        this.activation_fn = GetActivation(config.HiddenAct);
    }

    private static nn.Module<Tensor, Tensor> GetActivation(string name) => name switch
    {
        "silu" => nn.SiLU(),
        "gelu" => nn.GELU(),
        _ => throw new ArgumentException("Invalid activation function", name),
    };

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var gate = this.activation_fn.forward(this.gate_proj.forward(input));
        return this.down_proj.forward(gate * this.up_proj.forward(input)).MoveToOuterDisposeScope();
    }
}

internal class LlamaDecoderLayer : nn.Module<LlamaLayerInput, Tensor>
{
    private readonly LlamaAttention self_attn;
    private readonly LlamaMlp mlp;
    private readonly LlamaRmsNorm input_layernorm;
    private readonly LlamaRmsNorm post_attention_layernorm;

    public LlamaDecoderLayer(LlamaConfig config, int layerIdx) : base(nameof(LlamaDecoderLayer))
    {
        this.self_attn = this.CreateAttention(config, layerIdx);
        this.mlp = new LlamaMlp(config);
        this.input_layernorm = new LlamaRmsNorm(config.HiddenSize, eps: config.RmsNormEps, config.DType);
        this.post_attention_layernorm = new LlamaRmsNorm(config.HiddenSize, eps: config.RmsNormEps, config.DType);
    }

    private LlamaAttention CreateAttention(LlamaConfig config, int layerIdx) =>
        new(config, layerIdx, new LlamaRotary(config.RopeTheta, config.HiddenSize / config.NumAttentionHeads));

    public override Tensor forward(LlamaLayerInput input)
    {
        using var scope = NewDisposeScope();
        var residual = input.HiddenStates;
        var hidden = this.input_layernorm.forward(input.HiddenStates);
        hidden = residual + this.self_attn.forward(new LlamaLayerInput(hidden, input.PositionIds, input.AttentionMask, cache: input.Cache));
        residual = hidden;
        hidden = residual + this.mlp.forward(this.post_attention_layernorm.forward(hidden));
        return hidden.MoveToOuterDisposeScope();
    }
}

internal class LlamaModel : nn.Module<LlamaModelInput, LlamaModelOutput>
{
    private readonly LlamaConfig config;
    private readonly Embedding embed_tokens;
    private readonly ModuleList<LlamaDecoderLayer> layers;
    private readonly LlamaRmsNorm norm;

    public LlamaModel(LlamaConfig config) : base(nameof(LlamaModel))
    {
        this.config = config;
        this.embed_tokens = nn.Embedding(config.VocabSize, config.HiddenSize, padding_idx: config.PadTokenId, dtype: config.DType);
        this.layers = new ModuleList<LlamaDecoderLayer>();
        for (int i = 0; i < config.NumHiddenLayers; i++)
        {
            this.layers.Add(new LlamaDecoderLayer(config, i));
        }

        this.norm = new LlamaRmsNorm(config.HiddenSize, config.RmsNormEps, config.DType);
        this.RegisterComponents();
    }

    public override LlamaModelOutput forward(LlamaModelInput input)
    {
        var (batch, length) = (input.InputIds.IntShape()[0], input.InputIds.IntShape()[1]);
        var device = input.InputIds.device;
        var hidden = this.embed_tokens.forward(input.InputIds);
        var positions = torch.arange(0, length, device: device).unsqueeze(0).view(-1, length);
        var mask = input.AttentionMask ?? CausalMask(batch, length, hidden.dtype, device);
        var all = new List<Tensor>();
        foreach (var layer in this.layers)
        {
            all.Add(hidden);
            hidden = layer.forward(new LlamaLayerInput(hidden, positions, mask, input.Cache));
        }

        hidden = this.norm.forward(hidden);
        all.Add(hidden);
        return new LlamaModelOutput(lastHiddenState: hidden, allHiddenStates: all.ToArray());
    }

    private static Tensor CausalMask(long batch, long length, ScalarType dtype, Device device)
    {
        var min = torch.finfo(dtype).min;
        var mask = torch.full([length, length], min, dtype: dtype, device: device);
        var condition = torch.arange(length, device: device);
        mask.masked_fill_(condition < (condition + 1).view(length, 1), 0);
        return mask.to(dtype).unsqueeze(0).unsqueeze(0).expand(batch, 1, length, length);
    }
}
