namespace Reparam.Runtime;

/// <summary>Puts the largest elements of windows back to where they were, among zeros.</summary>
[Counterpart("TorchSharp.Modules.MaxUnpool1d")]
public sealed class MaxUnpool1d : ParameterLessModule<Tensor, Tensor, long[]?, Tensor>
{
    private readonly long kernel;
    private readonly long? stride;
    private readonly long? padding;

    internal MaxUnpool1d(long kernel, long? stride, long? padding)
        : base(nameof(MaxUnpool1d))
    {
        this.kernel = kernel;
        this.stride = stride;
        this.padding = padding;
    }

    /// <summary>Values and their places → the sparse row.</summary>
    [Counterpart("forward")]
    public override Tensor Forward(Tensor tensor, Tensor indices, long[]? output_size = null) =>
        Functional.MaxUnpool1d(tensor, indices, kernel, stride, padding, output_size);

    /// <summary>Values and their places → the sparse row.</summary>
    [Counterpart("call")]
    public new Tensor Call(Tensor tensor, Tensor indices, long[]? output_size = null) => Forward(tensor, indices, output_size);
}
