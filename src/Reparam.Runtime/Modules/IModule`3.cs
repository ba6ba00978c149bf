namespace Reparam.Runtime;

/// <summary>What can be called with two inputs.</summary>
[Counterpart("TorchSharp.torch+nn+IModule`3")]
public interface IModule<T1, T2, TResult>
{
    /// <summary>Computes the output.</summary>
    [Counterpart("call")]
    TResult Call(T1 input1, T2 input2);
}
