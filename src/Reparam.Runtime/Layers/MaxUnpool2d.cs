namespace Reparam.Runtime;

/// <summary>Puts the largest elements of windows back to where they were, among zeros.</summary>
[Counterpart("TorchSharp.Modules.MaxUnpool2d")]
public sealed class MaxUnpool2d : ParameterLessModule<Tensor, Tensor, long[]?, Tensor>
{
    private readonly long[] kernel;
    private readonly long[]? stride;
    private readonly long[]? padding;

    internal MaxUnpool2d(long[] kernel, long[]? stride, long[]? padding)
        : base(nameof(MaxUnpool2d))
    {
        this.kernel = kernel;
        this.stride = stride;
        this.padding = padding;
    }

    /// <summary>Values and their places → the sparse image.</summary>
    [Counterpart("forward")]
    public override Tensor Forward(Tensor tensor, Tensor indices, long[]? output_size = null) =>
        Functional.MaxUnpool2d(tensor, indices, kernel, stride, padding, output_size);

    /// <summary>Values and their places → the sparse image.</summary>
    [Counterpart("call")]
    public new Tensor Call(Tensor tensor, Tensor indices, long[]? output_size = null) => Forward(tensor, indices, output_size);
}
