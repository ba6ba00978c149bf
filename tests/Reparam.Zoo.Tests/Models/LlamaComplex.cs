//! new Zoo.TurningLlama(new Zoo.TurningSettings { words = 71 }) : ints(71, 2, 5)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zoo;

public struct TurningSettings
{
    public int words = -1;
    public int width = 40;
    public int depth = 2;
    public int heads = 5;
    public int? shared_heads = 1;
    public int round_to = 12;
    public float epsilon = 1e-5f;
    public int longest = 11;
    public int batch = 3;

    public TurningSettings()
    {
    }
}

/// <summary>
/// Llama (Touvron et al., 2023) whose rotary positions (Su et al., 2021) are complex numbers.
/// Kinds: a struct of settings with a constructor and a number that may be missing, a list of modules of five types, inputs that are no tensors,
/// polar and view_as_complex, memories of keys and values written by ranges, a dispose scope around the forward, `this.` and explicit types.
/// </summary>
public class TurningLlama : nn.Module<Tensor, Tensor>
{
    private readonly TurningSettings settings;
    private readonly Embedding tok_embeddings;
    private readonly ModuleList<nn.Module<Tensor, int, Tensor, Tensor?, Tensor>> layers;
    private readonly nn.Module<Tensor, Tensor> norm;
    private readonly Linear output;
    private Tensor turns;

    public TurningLlama(TurningSettings settings) : base(nameof(TurningLlama))
    {
        if (settings.words < 1)
        {
            throw new ArgumentException($"{settings.words} words", nameof(settings));
        }

        this.settings = settings;
        this.layers = nn.ModuleList<nn.Module<Tensor, int, Tensor, Tensor?, Tensor>>();
        for (int depth = 0; depth < settings.depth; depth++)
        {
            this.layers.Add(new TurningBlock(settings));
        }

        this.tok_embeddings = nn.Embedding(settings.words, settings.width);
        this.output = nn.Linear(settings.width, settings.words, hasBias: false);
        this.norm = new LengthNorm(settings);
        this.RegisterComponents();
        this.turns = Turns(settings.longest, settings.width / settings.heads);
    }

    public override Tensor forward(Tensor words)
    {
        using (DisposeScope scope = NewDisposeScope())
        {
            long length = words.shape[1];
            Tensor state = this.tok_embeddings.forward(words);
            Tensor turns = this.turns[TensorIndex.Slice(0, length)].to(state.device);
            Tensor? future = null;
            if (length > 1)
            {
                Tensor later = triu(ones(new long[] { length, length }, device: state.device), diagonal: 1);
                future = zeros(new long[] { length, length }, dtype: ScalarType.Float32, device: state.device);
                future = future.masked_fill(later.to_type(ScalarType.Bool), float.NegativeInfinity);
            }

            foreach (nn.Module<Tensor, int, Tensor, Tensor?, Tensor> layer in this.layers)
            {
                state = layer.forward(state, 0, turns, future);
            }

            Tensor scores = this.output.forward(this.norm.forward(state));
            return scores.MoveToOuterDisposeScope();
        }
    }

    /// <summary>For each place and each pair of numbers the complex number of length 1 that turns the pair.</summary>
    public static Tensor Turns(int places, int headWidth, float slowest = 10000.0f)
    {
        if ((headWidth & 1) == 1)
        {
            throw new ArgumentException($"heads of {headWidth} numbers have no pairs", nameof(headWidth));
        }

        Tensor share = torch.arange(0, headWidth, 2).to(torch.float32) / headWidth;
        Tensor speed = torch.pow(slowest, -1.0f * share);
        Tensor angle = torch.outer(torch.arange(places), speed).to(torch.float32);
        return torch.polar(torch.ones_like(angle), angle);
    }

    public static Tensor Turn(Tensor heads, Tensor turns)
    {
        long[] shape = heads.shape;
        Tensor pairs = heads.to_type(ScalarType.Float32).reshape(shape[0], shape[1], shape[2], -1, 2).view_as_complex();
        Tensor turned = pairs * turns.unsqueeze(0).unsqueeze(2);
        return turned.view_as_real().reshape(shape).type_as(heads);
    }
}

internal class TurningBlock : nn.Module<Tensor, int, Tensor, Tensor?, Tensor>
{
    private RememberingAttention attention;
    private GatedMiddle feed_forward;
    private LengthNorm attention_norm;
    private LengthNorm ffn_norm;

    public TurningBlock(TurningSettings settings) : base(nameof(TurningBlock))
    {
        this.ffn_norm = new LengthNorm(settings);
        this.attention_norm = new LengthNorm(settings);
        this.feed_forward = new GatedMiddle(settings);
        this.attention = new RememberingAttention(settings);
        this.RegisterComponents();
    }

    public override Tensor forward(Tensor state, int start, Tensor turns, Tensor? future)
    {
        Tensor attended = state + this.attention.forward(this.attention_norm.forward(state), start, turns, future);
        Tensor middle = this.feed_forward.forward(this.ffn_norm.forward(attended));
        return attended + middle;
    }
}

internal class RememberingAttention : nn.Module<Tensor, int, Tensor, Tensor?, Tensor>
{
    private readonly int heads, shared, size;
    private Linear wq, wk, wv, wo;
    private Tensor keys;
    private Tensor values;

    public RememberingAttention(TurningSettings settings) : base(nameof(RememberingAttention))
    {
        this.heads = settings.heads;
        this.shared = settings.shared_heads ?? settings.heads;
        this.size = settings.width / settings.heads;
        this.wo = nn.Linear(this.heads * this.size, settings.width, hasBias: false);
        this.wq = nn.Linear(settings.width, this.heads * this.size, hasBias: false);
        this.wk = nn.Linear(settings.width, this.shared * this.size, hasBias: false);
        this.wv = nn.Linear(settings.width, this.shared * this.size, hasBias: false);
        this.RegisterComponents();
        this.keys = zeros(settings.batch, settings.longest, this.shared, this.size);
        this.values = zeros(settings.batch, settings.longest, this.shared, this.size);
    }

    public override Tensor forward(Tensor state, int start, Tensor turns, Tensor? future)
    {
        int batch = (int)state.shape[0];
        int length = (int)state.shape[1];
        int end = start + length;
        Tensor asked = TurningLlama.Turn(this.wq.forward(state).view(batch, length, this.heads, this.size), turns);
        this.keys[..batch, start..end] = TurningLlama.Turn(this.wk.forward(state).view(batch, length, this.shared, this.size), turns);
        this.values[..batch, start..end] = this.wv.forward(state).view(batch, length, this.shared, this.size);

        int times = this.heads / this.shared;
        Tensor known = this.keys[..batch, ..end].repeat_interleave(times, dim: 2).transpose(1, 2);
        Tensor told = this.values[..batch, ..end].repeat_interleave(times, dim: 2).transpose(1, 2);
        Tensor scores = matmul(asked.transpose(1, 2), known.transpose(2, 3)) / MathF.Sqrt(this.size);
        if (future is not null)
        {
            scores = scores + future;
        }

        Tensor answer = matmul(nn.functional.softmax(scores, dim: -1), told);
        return this.wo.forward(answer.transpose(1, 2).contiguous().view(batch, length, -1));
    }
}

internal class GatedMiddle : nn.Module<Tensor, Tensor>
{
    private Linear w1;
    private Linear w2;
    private Linear w3;

    public GatedMiddle(TurningSettings settings) : base(nameof(GatedMiddle))
    {
        // Two thirds of four times the width, rounded up.
        int wanted = settings.width * 8 / 3;
        int inner = (wanted / settings.round_to + (wanted % settings.round_to == 0 ? 0 : 1)) * settings.round_to;
        this.w2 = nn.Linear(inner, settings.width, hasBias: false);
        this.w3 = nn.Linear(settings.width, inner, hasBias: false);
        this.w1 = nn.Linear(settings.width, inner, hasBias: false);
        this.RegisterComponents();
    }

    public override Tensor forward(Tensor state)
    {
        return this.w2.forward(this.w3.forward(state) * nn.functional.silu(this.w1.forward(state)));
    }
}

internal class LengthNorm : nn.Module<Tensor, Tensor>
{
    private float epsilon;
    private Parameter weight;

    public LengthNorm(TurningSettings settings) : base(nameof(LengthNorm))
    {
        this.weight = nn.Parameter(ones(settings.width));
        this.epsilon = settings.epsilon;
    }

    private Tensor Inverse(Tensor x) => rsqrt(x.pow(2).mean(new[] { -1L }, keepdim: true) + this.epsilon);

    public override Tensor forward(Tensor state)
    {
        Tensor exact = state.to_type(ScalarType.Float32);
        return this.weight * (exact * this.Inverse(exact)).type_as(state);
    }
}
