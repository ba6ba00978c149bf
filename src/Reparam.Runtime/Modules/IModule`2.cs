namespace Reparam.Runtime;

/// <summary>What can be called with one input.</summary>
[Counterpart("TorchSharp.torch+nn+IModule`2")]
public interface IModule<T, TResult>
{
    /// <summary>Computes the output.</summary>
    [Counterpart("call")]
    TResult Call(T input1);
}
