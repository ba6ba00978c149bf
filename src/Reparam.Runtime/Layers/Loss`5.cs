namespace Reparam.Runtime;

/// <summary>A loss of three inputs and a target.</summary>
/// <param name="name">Name of the loss.</param>
/// <param name="reduction">How the losses of the elements are reduced.</param>
[Counterpart("TorchSharp.Loss`5")]
public abstract class Loss<T1, T2, T3, T4, TResult>(string name, Reduction reduction) : Module<T1, T2, T3, T4, TResult>(name)
{
    /// <summary>How the losses of the elements are reduced.</summary>
    [Counterpart("reduction")]
    public Reduction Reduction => reduction;
}
