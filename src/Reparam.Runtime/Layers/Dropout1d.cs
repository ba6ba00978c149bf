namespace Reparam.Runtime;

/// <summary>The input: nothing is dropped at run time.</summary>
[Counterpart("TorchSharp.Modules.Dropout1d")]
public sealed class Dropout1d : Module<Tensor, Tensor>
{
    internal Dropout1d()
        : base(nameof(Dropout1d))
    {
    }

    /// <summary>[N, C, L] → the same.</summary>
    /// <exception cref="ArgumentException">The input has another rank.</exception>
    public override Tensor Forward(Tensor input) => input.Rank == 3
        ? input.Alias()
        : throw new ArgumentException($"Dropout1d: the input must be [N, C, L], but is {Layout.Describe(input.Shape)}.");
}
