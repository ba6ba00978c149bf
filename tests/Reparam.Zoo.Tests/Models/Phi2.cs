//! new Zoo.Phi2(64, 48, 2, 4) : ints(64, 2, 6)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zoo;

/// <summary>Phi-2: attention and feed-forward beside each other, rotary positions on a part of the head, cosines and sines kept as buffers.</summary>
public class Phi2 : nn.Module<Tensor, Tensor>
{
    private readonly Embedding embed_tokens;
    private readonly Dropout embed_dropout;
    private readonly LayerNorm final_layernorm;
    private readonly ModuleList<Phi2DecoderLayer> layers;
    private readonly Linear lm_head;

    public Phi2(int vocabulary, int hidden, int layerCount, int heads, float partialRotary = 0.5f) : base(nameof(Phi2))
    {
        this.embed_tokens = nn.Embedding(vocabulary, hidden);
        this.embed_dropout = nn.Dropout(0.0);
        this.final_layernorm = nn.LayerNorm(hidden, eps: 1e-5);
        this.layers = new ModuleList<Phi2DecoderLayer>(
            Enumerable.Range(0, layerCount).Select(i => new Phi2DecoderLayer(i, hidden, heads, partialRotary)).ToArray());
        this.lm_head = nn.Linear(hidden, vocabulary);
        RegisterComponents();
    }

    public override Tensor forward(Tensor inputIds)
    {
        var length = (int)inputIds.shape[1];
        var positionIds = torch.arange(0, length, device: inputIds.device).unsqueeze(0);
        var hidden = this.embed_dropout.forward(this.embed_tokens.forward(inputIds));
        for (int i = 0; i < this.layers.Count; i++)
        {
            (hidden, _) = this.layers[i].forward(hidden, positionIds);
        }

        return this.lm_head.forward(this.final_layernorm.forward(hidden));
    }
}

internal class Phi2Rotary : nn.Module<Tensor, int, (Tensor, Tensor)>
{
    private readonly int dim;

    public Phi2Rotary(int dim, int maxPositions = 64, double baseValue = 10000) : base(nameof(Phi2Rotary))
    {
        this.dim = dim;
        var numerator = torch.arange(0, dim, 2, dtype: ScalarType.Int64).to(torch.float32);
        var invFreq = 1.0 / torch.pow(baseValue, numerator / dim);
        var t = torch.arange(maxPositions, dtype: invFreq.dtype, device: invFreq.device);
        var freqs = torch.outer(t, invFreq);
        var emb = torch.cat(new[] { freqs, freqs }, dim: -1);
        this.register_buffer("inv_freq", invFreq, persistent: false);
        this.register_buffer("cos_cached", torch.cos(emb), persistent: false);
        this.register_buffer("sin_cached", torch.sin(emb), persistent: false);
    }

    public override (Tensor, Tensor) forward(Tensor x, int length)
    {
        var cos = this.get_buffer("cos_cached")[..length].to(x.dtype);
        var sin = this.get_buffer("sin_cached")[..length].to(x.dtype);
        return (cos, sin);
    }
}

internal class Phi2Attention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly int numHeads;
    private readonly int headDim;
    private readonly int rotaryDim;
    private readonly Linear q_proj;
    private readonly Linear k_proj;
    private readonly Linear v_proj;
    private readonly Linear dense;
    private readonly Phi2Rotary rotary_emb;

    public Phi2Attention(int hidden, int heads, float partialRotary) : base(nameof(Phi2Attention))
    {
        numHeads = heads;
        headDim = hidden / heads;
        rotaryDim = (int)(partialRotary * headDim);
        q_proj = nn.Linear(hidden, heads * headDim, hasBias: true);
        k_proj = nn.Linear(hidden, heads * headDim, hasBias: true);
        v_proj = nn.Linear(hidden, heads * headDim, hasBias: true);
        dense = nn.Linear(heads * headDim, hidden, hasBias: true);
        rotary_emb = new Phi2Rotary(rotaryDim);
        RegisterComponents();
    }

    private static Tensor RotateHalf(Tensor x)
    {
        var halves = x.chunk(2, dim: -1);
        return torch.cat(new[] { halves[1].neg(), halves[0] }, dim: -1);
    }

    private static (Tensor, Tensor) ApplyRotary(Tensor q, Tensor k, Tensor cos, Tensor sin, Tensor positionIds)
    {
        cos = cos[positionIds].unsqueeze(1);
        sin = sin[positionIds].unsqueeze(1);
        return ((q * cos) + (RotateHalf(q) * sin), (k * cos) + (RotateHalf(k) * sin));
    }

    public override Tensor forward(Tensor hidden, Tensor positionIds)
    {
        var batch = hidden.shape[0];
        var length = hidden.shape[1];
        var query = q_proj.forward(hidden).view(batch, length, numHeads, headDim).transpose(1, 2);
        var key = k_proj.forward(hidden).view(batch, length, numHeads, headDim).transpose(1, 2);
        var value = v_proj.forward(hidden).view(batch, length, numHeads, headDim).transpose(1, 2);
        var (cos, sin) = rotary_emb.forward(value, (int)length);
        var queryRot = query[.., .., .., ..rotaryDim];
        var queryPass = query[.., .., .., rotaryDim..];
        var keyRot = key[.., .., .., ..rotaryDim];
        var keyPass = key[.., .., .., rotaryDim..];
        (queryRot, keyRot) = ApplyRotary(queryRot, keyRot, cos, sin, positionIds);
        query = torch.cat([queryRot, queryPass], dim: -1);
        key = torch.cat([keyRot, keyPass], dim: -1);
        var output = nn.functional.scaled_dot_product_attention(query, key, value, is_casual: true);
        output = output.transpose(1, 2).contiguous().reshape(batch, length, numHeads * headDim);
        return dense.forward(output);
    }
}

internal class Phi2Mlp : nn.Module<Tensor, Tensor>
{
    private readonly Linear fc1;
    private readonly Linear fc2;
    private readonly nn.Module<Tensor, Tensor> activation_fn;

    public Phi2Mlp(int hidden) : base(nameof(Phi2Mlp))
    {
        fc1 = nn.Linear(hidden, hidden * 2);
        fc2 = nn.Linear(hidden * 2, hidden);
        activation_fn = new NewGeluActivation();
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var _ = NewDisposeScope();
        return fc2.forward(activation_fn.forward(fc1.forward(x))).MoveToOuterDisposeScope();
    }
}

internal class NewGeluActivation : nn.Module<Tensor, Tensor>
{
    internal NewGeluActivation() : base(nameof(NewGeluActivation))
    {
    }

    public override Tensor forward(Tensor input)
    {
        using var result = 0.044715 * torch.pow(input, 3.0);
        using var result2 = result + input;
        using var result3 = Math.Sqrt(2.0 / Math.PI) * result2;
        using var result4 = torch.tanh(result3);
        using var result5 = 1.0 + result4;
        return 0.5 * input * result5;
    }
}

internal class Phi2DecoderLayer : nn.Module<Tensor, Tensor, (Tensor, Tensor?)>
{
    private readonly int layerIdx;
    private readonly Phi2Attention self_attn;
    private readonly Phi2Mlp mlp;
    private readonly LayerNorm input_layernorm;
    private readonly Dropout resid_dropout;

    public Phi2DecoderLayer(int layerIdx, int hidden, int heads, float partialRotary) : base(nameof(Phi2DecoderLayer))
    {
        this.layerIdx = layerIdx;
        self_attn = new Phi2Attention(hidden, heads, partialRotary);
        mlp = new Phi2Mlp(hidden);
        input_layernorm = nn.LayerNorm(hidden, eps: 1e-5);
        resid_dropout = nn.Dropout(0.0);
        RegisterComponents();
    }

    public override (Tensor, Tensor?) forward(Tensor hidden, Tensor positionIds)
    {
        var residual = hidden;
        hidden = input_layernorm.forward(hidden);
        var attention = resid_dropout.forward(self_attn.forward(hidden, positionIds));
        var feedForward = resid_dropout.forward(mlp.forward(hidden));
        return (attention + feedForward + residual, null);
    }
}
