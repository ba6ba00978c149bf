using TorchSharp;
using TorchSharp.Modules;
using PlainEmbedding = TorchSharp.Modules.Embedding;
using PlainLinear = TorchSharp.Modules.Linear;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>A layer of a model that runs: its weight can be exchanged for another one, and comes back when this is disposed of.</summary>
internal sealed class RunningLayer : IDisposable
{
    private readonly Tensor weight;      // what the layer multiplies by; written in place
    private readonly Tensor original;
    private readonly Func<Tensor, Tensor, Tensor> operation;
    private Tensor? replacement;

    /// <summary>Takes a layer of a folded model.</summary>
    /// <param name="tensor">Name of the weight in the state dict.</param>
    /// <param name="module">An emitted layer, or a plain linear layer, convolution or embedding.</param>
    /// <exception cref="ArgumentException">The module is none of these, or a convolution in groups.</exception>
    public RunningLayer(string tensor, Module module)
    {
        Tensor = tensor;
        (Kind, operation, var groups) = module switch
        {
            ReparamLayer layer => (layer.Shape.Kind, layer.Run, layer.Shape.Groups),
            PlainLinear => (LayerKinds.Linear, (x, w) => functional.linear(x, w), 1),
            Conv1d plain => (LayerKinds.Conv1d, Convolution(new ConvolutionSettings(plain, 1)), plain.groups),
            Conv2d plain => (LayerKinds.Conv2d, Convolution(new ConvolutionSettings(plain, 2)), plain.groups),
            PlainEmbedding => (LayerKinds.Embedding, (x, _) => x, 1),
            _ => throw new ArgumentException($"'{tensor}' belongs to a {module.GetName()}, expected a linear layer, a convolution over one or two dimensions or an embedding."),
        };
        if (groups != 1)
        {
            throw new ArgumentException($"'{tensor}' is a convolution in {groups} groups, whose inputs differ from group to group; leave it out.");
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

    /// <summary>What it is.</summary>
    public LayerKinds Kind { get; }

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

    /// <summary>Input vectors of the layer, [tokens, columns]; a convolution sees one for each place of its kernel.</summary>
    /// <param name="x">What the layer is called with.</param>
    public Tensor Inputs(Tensor x)
    {
        if (Kind == LayerKinds.Linear)
        {
            return x.reshape(-1, Columns);
        }

        // A kernel of unit vectors copies what lies under it.
        long[] shape = [Columns, .. original.shape[1..]];
        return Outputs(operation(x, eye(Columns, dtype: x.dtype, device: x.device).view(shape)));
    }

    /// <summary>Output vectors, [tokens, channels], of a tensor in the form that the layer returns.</summary>
    public Tensor Outputs(Tensor y)
    {
        // The channels lie before the places that a kernel goes over.
        var last = Kind == LayerKinds.Linear ? y : y.movedim([1 - original.dim()], [-1]);
        return last.reshape(-1, last.shape[^1]);
    }

    /// <summary>Brings the weight back.</summary>
    public void Dispose()
    {
        Reset();
        original.Dispose();
    }

    private static Func<Tensor, Tensor, Tensor> Convolution(ConvolutionSettings settings) => settings.Stride.Length == 1
        ? (x, w) => functional.conv1d(settings.Pad(x), w, null, settings.Stride[0], settings.InnerPadding[0], settings.Dilation[0], settings.Groups)
        : (x, w) => functional.conv2d(settings.Pad(x), w, null, settings.Stride, settings.InnerPadding, settings.Dilation, settings.Groups);
}
