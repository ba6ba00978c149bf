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
            throw new ArgumentException($"'{tensor}' belongs to a {module.GetName()}, expected a linear layer, a convolution over one or two dimensions or an embedding.");
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

    /// <summary>Input vectors of the layer, [tokens, columns]; a convolution sees one for each place of its kernel.</summary>
    /// <param name="x">What the layer is called with.</param>
    public Tensor Inputs(Tensor x) => cat([.. inputs!.Vectors(x)]);

    /// <summary>Output vectors, [tokens, channels], of a tensor in the form that the layer returns.</summary>
    public Tensor Outputs(Tensor y)
    {
        // The channels of a convolution lie before the places that its kernel goes over.
        var last = original.dim() == 2 ? y : y.movedim([1 - original.dim()], [-1]);
        return last.reshape(-1, last.shape[^1]);
    }

    /// <summary>Brings the weight back.</summary>
    public void Dispose()
    {
        Reset();
        original.Dispose();
    }
}
