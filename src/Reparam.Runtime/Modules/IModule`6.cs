namespace Reparam.Runtime;

/// <summary>What can be called with five inputs.</summary>
[Counterpart("TorchSharp.torch+nn+IModule`6")]
public interface IModule<T1, T2, T3, T4, T5, TResult>
{
    /// <summary>Computes the output.</summary>
    [Counterpart("call")]
    TResult Call(T1 input1, T2 input2, T3 input3, T4 input4, T5 input5);
}
