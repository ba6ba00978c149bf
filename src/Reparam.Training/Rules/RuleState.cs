using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>Named tensors that a rule keeps in the model: they are saved, loaded and moved with it.</summary>
public readonly struct RuleState
{
    private readonly RootState root;
    private readonly string method;
    private readonly string prefix;

    internal RuleState(RootState root, string method, string prefix) => (this.root, this.method, this.prefix) = (root, method, prefix);

    /// <summary>A kept tensor.</summary>
    /// <param name="name">A name in snake_case.</param>
    /// <exception cref="ArgumentException">None of this name is kept.</exception>
    public Tensor this[string name] => Find(name) ?? throw new ArgumentException($"The rule keeps no state '{prefix}{name}'.", nameof(name));

    /// <summary>A kept tensor; null if none of this name is kept.</summary>
    /// <param name="name">A name in snake_case.</param>
    public Tensor? Find(string name) => root.Find(method, prefix + name);

    /// <summary>Keeps a copy of a tensor under a name. The shape stays what it was the first time.</summary>
    /// <param name="name">A name in snake_case.</param>
    /// <param name="value">The values.</param>
    public void Set(string name, Tensor value) => root.Keep(method, prefix + name, value);
}
