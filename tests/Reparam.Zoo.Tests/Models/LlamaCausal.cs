//! new Zoo.CausalDecoder(new Zoo.DecoderSettings()) : ints(80, 2, 7)
using System.Diagnostics.Contracts;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zoo;

public record DecoderSettings
{
    public int Words { get; init; } = 80;

    public int? Padding { get; init; }

    public int Width { get; init; } = 24;

    public int InnerWidth { get; init; } = 40;

    public int Depth { get; init; } = 2;

    public int Heads { get; init; } = 6;

    public int SharedHeads { get; init; } = 3;

    public int Longest { get; init; } = 64;

    public double Wavelength { get; init; } = 10000;

    public float Epsilon { get; init; } = 1e-5f;

    public string Gate { get; init; } = "swish";

    public bool HasBias { get; init; }

    public ScalarType Precision { get; init; } = ScalarType.Float32;
}

/// <summary>Llama: classes that hold tensors as inputs and outputs, a memory behind an interface, extension methods, a linear layer of its own.</summary>
public class CausalDecoder : nn.Module<Tensor, Tensor>
{
    private readonly DecoderBody body;
    private readonly Projection vocabulary;

    public CausalDecoder(DecoderSettings settings, string? place = null) : base(nameof(CausalDecoder))
    {
        this.body = new DecoderBody(settings);
        this.vocabulary = new Projection(settings.Width, settings.Words, settings.HasBias, settings.Precision, place);
        this.RegisterComponents();
    }

    public static CausalDecoder Open(string file, DecoderSettings? settings = null, string place = "cpu")
    {
        var decoder = new CausalDecoder(settings ?? new DecoderSettings { Precision = ScalarType.BFloat16 });
        decoder.load(Path.GetFullPath(file));
        decoder.eval();
        return decoder.to(place);
    }

    public override Tensor forward(Tensor words)
    {
        using var memory = new PairMemory();
        var reading = this.body.forward(new Reading(words) { Memory = memory });
        return this.vocabulary.forward(reading.Final).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }
}

/// <summary>What is asked of the body.</summary>
internal class Reading(Tensor words)
{
    public Tensor Words { get; } = words;

    public Tensor? Bias { get; set; }

    public IPairMemory? Memory { get; set; }
}

/// <summary>What the body answers: the last states, and those before each layer.</summary>
internal class Understanding
{
    public Understanding(Tensor final, IReadOnlyList<Tensor> steps)
    {
        this.Final = final;
        this.Steps = steps;
    }

    public Tensor Final { get; set; }

    public IReadOnlyList<Tensor> Steps { get; set; }
}

/// <summary>What a layer is given.</summary>
internal class Step
{
    public Step(Tensor states, Tensor places, Tensor? bias, IPairMemory? memory)
    {
        (this.States, this.Places) = (states, places);
        (this.Bias, this.Memory) = (bias, memory);
    }

    public Tensor States { get; set; }

    public Tensor Places { get; set; }

    public Tensor? Bias { get; set; }

    public IPairMemory? Memory { get; set; }
}

internal interface IPairMemory : IDisposable
{
    int LengthOf(int layer);

    (Tensor keys, Tensor values) Extend(int layer, Tensor keys, Tensor values);
}

/// <summary>Keys and values of the words so far, by layer.</summary>
internal class PairMemory : Dictionary<int, (Tensor keys, Tensor values)>, IPairMemory
{
    private readonly DisposeScope owner = NewDisposeScope();

    public int LengthOf(int layer) => this.TryGetValue(layer, out var pair) ? pair.keys.Sizes()[^2] : 0;

    public (Tensor keys, Tensor values) Extend(int layer, Tensor keys, Tensor values)
    {
        if (this.TryGetValue(layer, out var earlier))
        {
            keys = torch.cat([earlier.keys, keys], dim: 2);
            values = torch.cat([earlier.values, values], dim: 2);
        }

        this[layer] = (keys.MoveToOtherDisposeScope(this.owner), values.MoveToOtherDisposeScope(this.owner));
        return this[layer];
    }

    public void Dispose()
    {
        this.Clear();
        this.owner.Dispose();
    }
}

internal static class DecoderTensors
{
    public static int[] Sizes(this Tensor tensor) => Array.ConvertAll(tensor.shape, size => (int)size);

    /// <summary>[batch, length, heads * width] to [batch, heads, length, width].</summary>
    public static Tensor ByHead(this Tensor tensor, int heads)
    {
        var sizes = tensor.Sizes();
        return tensor.view(sizes[0], sizes[1], heads, sizes[2] / heads).transpose(1, 2);
    }

    /// <summary>Each head so many times, one beside the other.</summary>
    public static Tensor Copied(this Tensor tensor, int times)
    {
        if (times == 1)
        {
            return tensor;
        }

        var (batch, heads, length, width) = (tensor.shape[0], tensor.shape[1], tensor.shape[2], tensor.shape[3]);
        return tensor.unsqueeze(2).expand(batch, heads, times, length, width).reshape(batch, heads * times, length, width);
    }
}

internal class DecoderBody : nn.Module<Reading, Understanding>
{
    private readonly Embedding words;
    private readonly ModuleList<DecoderStep> steps;
    private readonly RootMeanSquare norm;

    public DecoderBody(DecoderSettings settings) : base(nameof(DecoderBody))
    {
        this.words = nn.Embedding(settings.Words, settings.Width, padding_idx: settings.Padding, dtype: settings.Precision);
        this.norm = new RootMeanSquare(settings.Width, settings.Epsilon, settings.Precision);
        this.steps = new ModuleList<DecoderStep>();
        for (var layer = 0; layer < settings.Depth; ++layer)
        {
            this.steps.Add(new DecoderStep(layer, settings));
        }

        this.RegisterComponents();
    }

    public override Understanding forward(Reading reading)
    {
        var length = reading.Words.Sizes()[1];
        var known = reading.Memory?.LengthOf(0) ?? 0;
        var states = this.words.forward(reading.Words);
        var places = torch.arange(known, known + length, device: states.device);
        var bias = reading.Bias ?? Causal(places, known + length, states.dtype);
        var before = new List<Tensor>();
        foreach (var step in this.steps)
        {
            before.Add(states);
            states = step.forward(new Step(states, places, bias, reading.Memory));
        }

        return new Understanding(this.norm.forward(states), before);
    }

    // The least number where a key comes after its query: [1, 1, queries, keys].
    private static Tensor Causal(Tensor places, int keys, ScalarType precision)
    {
        var later = torch.arange(keys, device: places.device).unsqueeze(0) > places.unsqueeze(1);
        var bias = torch.zeros([places.shape[0], keys], dtype: precision, device: places.device);
        bias.masked_fill_(later, torch.finfo(precision).min);
        return bias.view(1, 1, places.shape[0], keys);
    }
}

internal class DecoderStep : nn.Module<Step, Tensor>
{
    private readonly RootMeanSquare lookNorm;
    private readonly SharedAttention look;
    private readonly RootMeanSquare thinkNorm;
    private readonly GatedLayers think;

    // It leaves RegisterComponents to the library, which calls it when a child is asked for.
    public DecoderStep(int layer, DecoderSettings settings) : base(nameof(DecoderStep))
    {
        this.lookNorm = new RootMeanSquare(settings.Width, settings.Epsilon, settings.Precision);
        this.look = Attention(layer, settings);
        this.thinkNorm = new RootMeanSquare(settings.Width, settings.Epsilon, settings.Precision);
        this.think = new GatedLayers(settings);
    }

    public override Tensor forward(Step step)
    {
        using var scope = NewDisposeScope();
        var looked = this.look.forward(new Step(this.lookNorm.forward(step.States), step.Places, step.Bias, step.Memory));
        var states = step.States + looked;
        var thought = this.think.forward(this.thinkNorm.forward(states));
        return (states + thought).MoveToOuterDisposeScope();
    }

    private static SharedAttention Attention(int layer, DecoderSettings settings) =>
        new(layer, settings, new Turning(settings.Width / settings.Heads, settings.Longest, settings.Wavelength));
}

internal class SharedAttention : nn.Module<Step, Tensor>
{
    private readonly int layer;
    private readonly int heads;
    private readonly int sharedHeads;
    private readonly nn.Module<Tensor, Tensor, Tensor> turning;
    private readonly Linear query;
    private readonly Linear key;
    private readonly Linear value;
    private readonly Linear output;

    public SharedAttention(int layer, DecoderSettings settings, nn.Module<Tensor, Tensor, Tensor> turning) : base(nameof(SharedAttention))
    {
        Contract.Assert(settings.Heads % settings.SharedHeads == 0, "queries share keys evenly");
        (this.layer, this.heads, this.sharedHeads) = (layer, settings.Heads, settings.SharedHeads);
        this.turning = turning;
        var width = settings.Width;
        var sharedWidth = width / settings.Heads * settings.SharedHeads;
        this.query = nn.Linear(width, width, hasBias: settings.HasBias, dtype: settings.Precision);
        this.key = nn.Linear(width, sharedWidth, hasBias: settings.HasBias, dtype: settings.Precision);
        this.value = nn.Linear(width, sharedWidth, hasBias: settings.HasBias, dtype: settings.Precision);
        this.output = nn.Linear(width, width, hasBias: settings.HasBias, dtype: settings.Precision);
        this.RegisterComponents();
    }

    public override Tensor forward(Step step)
    {
        using (var scope = NewDisposeScope())
        {
            var queries = this.turning.forward(this.query.forward(step.States).ByHead(this.heads), step.Places);
            var keys = this.turning.forward(this.key.forward(step.States).ByHead(this.sharedHeads), step.Places);
            var values = this.value.forward(step.States).ByHead(this.sharedHeads);
            if (step.Memory is { } memory)
            {
                var expected = memory.LengthOf(this.layer) + keys.Sizes()[2];
                (keys, values) = memory.Extend(this.layer, keys, values);
                Contract.Assert(keys.Sizes()[2] == expected);
            }

            var copies = this.heads / this.sharedHeads;
            var scores = torch.matmul(queries, keys.Copied(copies).mT) / Math.Sqrt(queries.shape[^1]);
            if (step.Bias is not null)
            {
                scores += step.Bias;
            }

            var shares = nn.functional.softmax(scores, dim: -1, dtype: ScalarType.Float32).type_as(values);
            var mixed = torch.matmul(shares, values.Copied(copies)).transpose(1, 2).flatten(2);
            return this.output.forward(mixed).MoveToOuterDisposeScope();
        }
    }
}

/// <summary>Turns each pair of neighbouring features by an angle that grows with the place.</summary>
internal class Turning : nn.Module<Tensor, Tensor, Tensor>
{
    public Turning(int width, int longest, double wavelength) : base(nameof(Turning))
    {
        var speeds = torch.pow(wavelength, torch.arange(0, width, 2, dtype: ScalarType.Float32) / -width);
        var angles = torch.outer(torch.arange(longest, dtype: ScalarType.Float32), speeds);
        this.register_buffer("cosines", angles.cos(), persistent: false);
        this.register_buffer("sines", angles.sin(), persistent: false);
    }

    public override Tensor forward(Tensor x, Tensor places)
    {
        var cos = this.get_buffer("cosines").index_select(0, places).to_type(x.dtype);
        var sin = this.get_buffer("sines").index_select(0, places).to_type(x.dtype);
        var (even, odd) = (x[.., .., .., TensorIndex.Slice(0, null, 2)], x[.., .., .., TensorIndex.Slice(1, null, 2)]);
        return torch.stack([even * cos - odd * sin, even * sin + odd * cos], dim: -1).flatten(3);
    }
}

internal class GatedLayers : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> bend;
    private readonly Linear gate;
    private readonly Linear rise;
    private readonly Linear fall;

    public GatedLayers(DecoderSettings settings) : base(nameof(GatedLayers))
    {
        this.gate = nn.Linear(settings.Width, settings.InnerWidth, hasBias: settings.HasBias, dtype: settings.Precision);
        this.rise = nn.Linear(settings.Width, settings.InnerWidth, hasBias: settings.HasBias, dtype: settings.Precision);
        this.fall = nn.Linear(settings.InnerWidth, settings.Width, hasBias: settings.HasBias, dtype: settings.Precision);
        this.bend = settings.Gate switch
        {
            "swish" => nn.SiLU(),
            "gelu" => nn.GELU(),
            "relu" => nn.ReLU(),
            var other => throw new NotSupportedException($"a gate of '{other}'"),
        };
        this.RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var risen = this.rise.forward(x) * this.bend.forward(this.gate.forward(x));
        return this.fall.forward(risen).MoveToOuterDisposeScope();
    }
}

internal class RootMeanSquare : nn.Module<Tensor, Tensor>
{
    private readonly Parameter gain;
    private readonly float epsilon;

    public RootMeanSquare(int width, float epsilon, ScalarType precision = ScalarType.Float32) : base(nameof(RootMeanSquare))
    {
        this.epsilon = epsilon;
        this.gain = nn.Parameter(torch.ones(width, dtype: precision));
    }

    public override Tensor forward(Tensor x)
    {
        var exact = x.to_type(ScalarType.Float32);
        var size = torch.sqrt(torch.mean(exact * exact, [-1L], keepdim: true) + this.epsilon);
        return (exact / size).type_as(x) * this.gain;
    }
}

/// <summary>A linear layer that counts in single precision whatever its weights are kept in.</summary>
internal class Projection : nn.Module<Tensor, Tensor>
{
    private readonly Parameter matrix;
    private readonly Parameter? shift;

    public Projection(int inputs, int outputs, bool hasShift, ScalarType precision = ScalarType.Float32, string? place = null) : base(nameof(Projection))
    {
        place ??= torch.get_default_device().ToString();
        this.matrix = nn.Parameter(torch.randn(outputs, inputs, dtype: precision, device: place) / Math.Sqrt(inputs));
        this.shift = hasShift ? nn.Parameter(torch.zeros(outputs, dtype: precision, device: place)) : null;
        this.RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var scope = torch.NewDisposeScope();
        var product = x.to_type(ScalarType.Float32).matmul(this.matrix.to_type(ScalarType.Float32).mT);
        if (this.shift is { } shift)
        {
            product += shift.to_type(ScalarType.Float32);
        }

        return product.type_as(x).MoveToOuterDisposeScope();
    }
}
