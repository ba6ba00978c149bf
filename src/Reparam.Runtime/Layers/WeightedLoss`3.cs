namespace Reparam.Runtime;

/// <summary>A loss whose elements, or classes, may have factors.</summary>
/// <param name="name">Name of the loss.</param>
/// <param name="weight">The factors, or null.</param>
/// <param name="reduction">How the losses of the elements are reduced.</param>
[Counterpart("TorchSharp.WeightedLoss`3")]
public abstract class WeightedLoss<T1, T2, TResult>(string name, Tensor? weight, Reduction reduction) : Loss<T1, T2, TResult>(name, reduction)
{
    /// <summary>The factors, or null.</summary>
    [Counterpart("weight")]
    public Tensor? Weight { get; } = weight?.DetachFromScope();
}
