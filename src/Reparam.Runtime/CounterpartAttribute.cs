namespace Reparam.Runtime;

/// <summary>
/// Names what a type or member stands for in TorchSharp. The generator re-binds a model's forward by these names alone, so the table of
/// what can be translated is the run-time's public surface.
/// </summary>
/// <param name="name">
/// On a type: the metadata name of the TorchSharp type (<c>TorchSharp.torch+Tensor</c>). On a member: the name of the member of the
/// type's counterpart (<c>view</c>, <c>op_Addition</c>, <c>.ctor</c>; an indexer has its metadata name, <c>TensorItems</c>).
/// </param>
[AttributeUsage(AttributeTargets.All, AllowMultiple = false, Inherited = false)]
public sealed class CounterpartAttribute(string name) : Attribute
{
    /// <summary>The metadata name of the TorchSharp type, or the name of its member.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// True for a member that stands for the first values of weights, which the checkpoint overwrites: it is bound only in constructors, where its result
    /// becomes a weight or a buffer.
    /// </summary>
    public bool IsInitialisation { get; set; }
}
