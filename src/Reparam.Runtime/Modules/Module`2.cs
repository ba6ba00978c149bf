namespace Reparam.Runtime;

/// <summary>A module whose forward takes one input.</summary>
/// <param name="name">Name of the kind of module, for messages.</param>
[Counterpart("TorchSharp.torch+nn+Module`2")]
[method: Counterpart(".ctor")]
public abstract class Module<T, TResult>(string name) : Module(name), IModule<T, TResult>
{
    /// <summary>Computes the output.</summary>
    [Counterpart("forward")]
    public abstract TResult Forward(T input);

    /// <summary>Computes the output; there are no hooks.</summary>
    [Counterpart("call")]
    public TResult Call(T input) => Forward(input);
}
