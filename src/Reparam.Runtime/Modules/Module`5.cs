namespace Reparam.Runtime;

/// <summary>A module whose forward takes four inputs.</summary>
/// <param name="name">Name of the kind of module, for messages.</param>
[Counterpart("TorchSharp.torch+nn+Module`5")]
[method: Counterpart(".ctor")]
public abstract class Module<T1, T2, T3, T4, TResult>(string name) : Module(name), IModule<T1, T2, T3, T4, TResult>
{
    /// <summary>Computes the output.</summary>
    [Counterpart("forward")]
    public abstract TResult Forward(T1 input1, T2 input2, T3 input3, T4 input4);

    /// <summary>Computes the output; there are no hooks.</summary>
    [Counterpart("call")]
    public TResult Call(T1 input1, T2 input2, T3 input3, T4 input4) => Forward(input1, input2, input3, input4);
}
