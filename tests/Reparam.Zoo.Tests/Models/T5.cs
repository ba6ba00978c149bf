//! new Zoo.TextToText(61, 18, 2, 3) : ints(61, 2, 7), ints(61, 2, 5)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zoo;

/// <summary>
/// T5 (Raffel et al., 2020): an encoder and a decoder of one kind of stack, with places told by a table of distances that the first block of each owns.
/// Kinds: an embedding shared by two stacks and their owner, modules that may be null by a setting, modules of four inputs that may be null with a tuple as
/// output, `@float`, in-place sums, a static method on integer tensors (min, where, full_like), a local function, Item1 of a call.
/// </summary>
public class TextToText : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding shared;
    private readonly Stack encoder;
    private readonly Stack decoder;
    private readonly Linear lm_head;
    private readonly double scale;

    public TextToText(int words, int width, int depth, int heads) : base("T5")
    {
        lm_head = nn.Linear(width, words, hasBias: false);
        shared = nn.Embedding(words, width);
        (encoder, decoder) = (new Stack(shared, depth, width, heads, writes: false), new Stack(shared, depth, width, heads, writes: true));
        scale = Math.Pow(width, -0.5);
        RegisterComponents();
    }

    public override Tensor forward(Tensor source, Tensor target)
    {
        var read = encoder.call(source, null);
        return lm_head.call(decoder.call(target, read) * scale);
    }
}

internal class Stack : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly Embedding embed_tokens;
    private readonly ModuleList<Floor> block = new ModuleList<Floor>();
    private readonly Scaled final_layer_norm;
    private readonly bool writes;

    public Stack(Embedding words, int depth, int width, int heads, bool writes) : base(nameof(Stack))
    {
        final_layer_norm = new Scaled(width);
        embed_tokens = words;
        block.Add(new Floor(width, heads, writes, ownsDistances: true));
        while (block.Count < depth)
        {
            block.Add(new Floor(width, heads, writes, ownsDistances: false));
        }

        this.writes = writes;
        RegisterComponents();
    }

    public override Tensor forward(Tensor words, Tensor? read)
    {
        Tensor? later = null, distances = null;
        if (writes)
        {
            var length = words.size(1);
            later = torch.ones(length, length).triu(1).unsqueeze(0).unsqueeze(0) * -1e9f;
        }

        var state = embed_tokens.call(words);
        foreach (var floor in block)
        {
            // The first block makes the distances, the others get them.
            (state, distances) = floor.call(state, later, distances, read);
        }

        return final_layer_norm.call(state);
    }
}

internal class Floor : nn.Module<Tensor, Tensor?, Tensor?, Tensor?, (Tensor, Tensor?)>
{
    private readonly Scaled selfNorm;
    private readonly Attending self;
    private readonly Scaled? crossNorm;
    private readonly Attending? cross;
    private readonly Scaled gateNorm;
    private readonly Linear wi_0, wi_1, wo;

    public Floor(int width, int heads, bool writes, bool ownsDistances) : base(nameof(Floor))
    {
        if (writes)
        {
            (crossNorm, cross) = (new Scaled(width), new Attending(width, heads, bothWays: true, ownsDistances: false));
        }

        self = new Attending(width, heads, bothWays: !writes, ownsDistances);
        (selfNorm, gateNorm) = (new Scaled(width), new Scaled(width));
        wo = nn.Linear(3 * width, width, hasBias: false);
        wi_0 = nn.Linear(width, 3 * width, hasBias: false);
        wi_1 = nn.Linear(width, 3 * width, hasBias: false);
        RegisterComponents();
    }

    public override (Tensor, Tensor?) forward(Tensor state, Tensor? later, Tensor? distances, Tensor? read)
    {
        (var seen, distances) = self.call(selfNorm.call(state), later, distances, null);
        state = state + seen;
        if (cross is { } look && read is not null)
        {
            var asked = crossNorm!.call(state);
            state = look.call(asked, null, null, read).Item1 + state;
        }

        return (state + Gated(gateNorm.call(state)), distances);
    }

    private Tensor Gated(Tensor state)
    {
        var open = nn.functional.gelu(wi_0.call(state));
        return wo.call(wi_1.call(state) * open);
    }
}

internal class Attending : nn.Module<Tensor, Tensor?, Tensor?, Tensor?, (Tensor, Tensor?)>
{
    private const int Buckets = 10;
    private const int Farthest = 20;

    private readonly int heads;
    private readonly bool bothWays;
    private readonly Linear q, k, v, o;
    private readonly Embedding? relative_attention_bias;

    public Attending(int width, int heads, bool bothWays, bool ownsDistances) : base(nameof(Attending))
    {
        (this.heads, this.bothWays) = (heads, bothWays);
        (q, k) = (nn.Linear(width, width, hasBias: false), nn.Linear(width, width, hasBias: false));
        (v, o) = (nn.Linear(width, width, hasBias: false), nn.Linear(width, width, hasBias: false));
        relative_attention_bias = ownsDistances ? nn.Embedding(Buckets, heads) : null;
        RegisterComponents();
    }

    public override (Tensor, Tensor?) forward(Tensor state, Tensor? later, Tensor? distances, Tensor? read)
    {
        var (batch, width) = (state.shape[0], state.shape[2]);
        Tensor ByHead(Tensor x) => x.view(batch, -1, heads, width / heads).transpose(1, 2);

        var source = read ?? state;
        var scores = torch.matmul(ByHead(q.call(state)), ByHead(k.call(source)).transpose(3, 2));
        if (distances is null && relative_attention_bias is not null)
        {
            distances = Distances(scores.shape[2], scores.shape[3]);
            distances = later is null ? distances : distances + later;
        }

        if (distances is not null)
        {
            scores += distances;
        }

        var shares = nn.functional.softmax(scores.@float(), -1).type_as(scores);
        var mixed = torch.matmul(shares, ByHead(v.call(source))).transpose(1, 2).contiguous();
        return (o.call(mixed.view(batch, -1, width)), distances);
    }

    private Tensor Distances(long asked, long known)
    {
        var from = torch.arange(asked, dtype: torch.int64).unsqueeze(1);
        var to = torch.arange(known, dtype: torch.int64).unsqueeze(0);
        return relative_attention_bias!.call(Bucket(to - from, bothWays)).permute(2, 0, 1).unsqueeze(0);
    }

    // Small distances have a bucket each; larger ones share them on a logarithmic scale.
    private static Tensor Bucket(Tensor ahead, bool bothWays)
    {
        var count = bothWays ? Buckets / 2 : Buckets;
        var first = torch.zeros_like(ahead);
        Tensor distance;
        if (bothWays)
        {
            first += (ahead > 0).to(torch.int64) * count;
            distance = ahead.abs();
        }
        else
        {
            distance = -torch.min(ahead, torch.zeros_like(ahead));
        }

        var single = count / 2;
        var scale = (count - single) / Math.Log((double)Farthest / single);
        var shared = (torch.log(distance.to(torch.float32) / single) * scale).to(torch.int64) + single;
        shared = torch.min(shared, torch.full_like(shared, count - 1));
        return first + torch.where(distance < single, distance, shared);
    }
}

internal class Scaled : nn.Module<Tensor, Tensor>
{
    private readonly double epsilon;
    private readonly Parameter weight;

    public Scaled(int width, double epsilon = 1e-6) : base(nameof(Scaled))
    {
        this.epsilon = epsilon;
        weight = nn.Parameter(torch.ones(width));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var power = x.to(torch.float32).pow(2).mean(new long[] { -1 }, keepdim: true);
        return x * torch.rsqrt(power + epsilon) * weight;
    }
}
