using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>A layer as a model rule sees it: its method's state by name.</summary>
public sealed class RuleLayer
{
    private readonly string key;
    private readonly RootState root;

    internal RuleLayer(string path, ReparamLayer layer, MethodRule method, RootState root)
    {
        (Path, Layer, Options) = (path, layer, method.Options);
        key = method.Key;
        this.root = root;
    }

    /// <summary>Path in the model's state dict: <c>blocks.0.query</c>.</summary>
    public string Path { get; }

    /// <summary>The layer.</summary>
    public ReparamLayer Layer { get; }

    /// <summary>The layer's annotation.</summary>
    public ReparamAttribute Options { get; }

    /// <summary>Name, kind and weight shape of the layer.</summary>
    public LayerShape Shape => Layer.Shape;

    /// <summary>What the rule keeps for this layer, saved with the model as <c>reparam.&lt;method&gt;.&lt;path&gt;.&lt;name&gt;</c>.</summary>
    public RuleState State => new(root, key, Path + ".");

    /// <summary>A parameter of the method. Ask again at each use: moving the model to another type or place replaces the objects.</summary>
    /// <param name="state">Name of the state in the method's own terms: <c>a</c> of <c>reparam.lora.a</c>.</param>
    /// <exception cref="ArgumentException">The layer has none of this name.</exception>
    public Parameter Parameter(string state) => Layer.FindParameter(NameOf(state)) ?? throw Unknown(state);

    /// <summary>A parameter or buffer of the method.</summary>
    /// <param name="state">Name of the state in the method's own terms.</param>
    /// <exception cref="ArgumentException">The layer has none of this name.</exception>
    public Tensor this[string state] => Layer.FindParameter(NameOf(state)) ?? Layer.FindBuffer(NameOf(state)) ?? throw Unknown(state);

    private string NameOf(string state) => $"reparam.{key}.{state}";

    private ArgumentException Unknown(string state) => new($"{Path} has no state '{NameOf(state)}'.", nameof(state));
}
