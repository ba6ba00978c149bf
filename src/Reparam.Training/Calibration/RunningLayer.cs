using Reparam.Compression.Calibration;
using Reparam.Compression.Methods;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using PlainEmbedding = TorchSharp.Modules.Embedding;

namespace Reparam.Training;

/// <summary>A layer of a model that runs: its weight can be exchanged for another one, and comes back when this is disposed of.</summary>
internal sealed class RunningLayer : IDisposable
{
    private readonly Tensor weight;      // what the layer multiplies by; written in place
    private readonly Tensor original;
    private readonly LayerInputs? inputs;
    private Tensor? replacement;

    /// <summary>Takes a layer of a folded model.</summary>
    /// <param name="tensor">Name of the weight in the state dict.</param>
    /// <param name="module">An emitted layer, or a plain linear layer, convolution or embedding.</param>
    /// <exception cref="ArgumentException">The module is none of these.</exception>
    public RunningLayer(string tensor, Module module)
    {
        Tensor = tensor;
        inputs = LayerInputs.Of(module);
        if (inputs is null && module is not (PlainEmbedding or ReparamEmbedding))
        {
            throw new ArgumentException(
                $"'{tensor}' belongs to a {module.GetName()}, expected a linear layer, a convolution over one or two dimensions or an embedding.");
        }

        Module = (Module<Tensor, Tensor>)module;
        weight = module is ReparamLayer emitted ? emitted.RunningWeight : module.get_parameter("weight")!;
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        original = weight.detach().clone().DetachFromDisposeScope();
    }

    /// <summary>Name of the weight.</summary>
    public string Tensor { get; }

    /// <summary>The layer itself.</summary>
    public Module<Tensor, Tensor> Module { get; }

    /// <summary>False for an embedding, which looks its rows up.</summary>
    public bool HasInputs => inputs is not null;

    /// <summary>Groups of a convolution; 1 elsewhere.</summary>
    public long Groups => inputs?.Groups ?? 1;

    /// <summary>The float model's weight.</summary>
    public Tensor Original => original;

    /// <summary>Rows of the weight seen as a matrix [out, rest].</summary>
    public int Rows => checked((int)original.shape[0]);

    /// <summary>Columns of that matrix.</summary>
    public int Columns => checked((int)(original.numel() / original.shape[0]));

    /// <summary>The float model's weight, [rows, columns].</summary>
    public float[] Weights()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return original.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }

    /// <summary>Gives the layer another weight, which runs from now on.</summary>
    /// <param name="weights">[rows, columns].</param>
    public void Replace(ReadOnlyMemory<float> weights)
    {
        replacement?.Dispose();
        replacement = TensorOf(weights);
        UseReplacement();
    }

    /// <summary>A weight for <see cref="Use"/>; the caller disposes of it.</summary>
    /// <param name="weights">[rows, columns].</param>
    public Tensor TensorOf(ReadOnlyMemory<float> weights)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return tensor(weights.ToArray()).view(original.shape).to(original.dtype).to(original.device).DetachFromDisposeScope();
    }

    /// <summary>Runs a weight for now.</summary>
    /// <param name="values">Of the weight's shape.</param>
    public void Use(Tensor values)
    {
        using var noGrad = no_grad();
        weight.copy_(values);
    }

    /// <summary>Runs the float model's weight; the other one is kept.</summary>
    public void UseOriginal() => Use(original);

    /// <summary>Runs the other weight, if there is one.</summary>
    public void UseReplacement() => Use(replacement ?? original);

    /// <summary>Forgets the other weight.</summary>
    public void Reset()
    {
        UseOriginal();
        replacement?.Dispose();
        replacement = null;
    }

    /// <summary>A job that codes the float model's weight.</summary>
    /// <param name="options">How.</param>
    /// <param name="calibration">Second moments of the inputs, or null.</param>
    /// <param name="threads">Cores to use; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    public LayerJob Job(MethodOptions options, LayerCalibration? calibration, int threads = 0, CancellationToken cancellation = default) =>
        new(Tensor, Weights(), Rows, Columns, options, calibration, threads, cancellation)
        {
            State = State(options),
            Channels = checked((int)original.shape[1]),
            IsLookedUp = !HasInputs,
        };

    /// <summary>Input vectors that the layer's weight is multiplied by, [tokens, columns]; a convolution sees one for each place of its kernel.</summary>
    /// <param name="x">What the layer is called with.</param>
    /// <param name="draw">Places of a convolution; null for all.</param>
    public Tensor Inputs(Tensor x, PlaceDraw? draw = null) => cat([.. inputs!.Vectors(Module is ReparamLayer layer ? layer.Mapped(x) : x, draw)]);

    /// <summary>How many input vectors there are; 0 for an embedding.</summary>
    /// <param name="x">What the layer is called with.</param>
    public long VectorsOf(Tensor x) => inputs?.Count(x) ?? 0;

    /// <summary>Chooses places of a convolution; null where all are to be looked at.</summary>
    /// <param name="x">What the layer is called with.</param>
    /// <param name="share">Above 0 to 1.</param>
    /// <param name="random">The source.</param>
    public PlaceDraw? Draw(Tensor x, double share, Random random) => inputs!.Draw(x, share, random);

    /// <summary>Output vectors, [tokens, channels], of a tensor in the form that the layer returns.</summary>
    public Tensor Outputs(Tensor y)
    {
        // The channels of a convolution lie before the places that its kernel goes over.
        var last = original.dim() == 2 ? y : y.movedim([1 - original.dim()], [-1]);
        return last.reshape(-1, last.shape[^1]);
    }

    /// <summary>The state of the layer's input map that a method reads. What the layer lacks is told where it is coded.</summary>
    /// <param name="options">The method's options.</param>
    public IReadOnlyDictionary<string, ReadOnlyMemory<float>> State(MethodOptions options) =>
        options.Method.StateNames(options).Intersect(InputStates)
            .ToDictionary(name => name, name => (ReadOnlyMemory<float>)StateValues(name), StringComparer.Ordinal);

    /// <summary>Whether the layer maps an input as another one does.</summary>
    public bool MapsInputsAs(RunningLayer other) =>
        InputStates.SequenceEqual(other.InputStates) && InputStates.All(name => StateValues(name).AsSpan().SequenceEqual(other.StateValues(name)));

    /// <summary>Brings the weight back.</summary>
    public void Dispose()
    {
        Reset();
        original.Dispose();
    }

    private IReadOnlyList<string> InputStates => Module is ReparamLayer layer ? layer.InputStates : [];

    private float[] StateValues(string name)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return Module.state_dict()[name].to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
    }
}
