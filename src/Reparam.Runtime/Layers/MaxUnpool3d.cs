namespace Reparam.Runtime;

/// <summary>Puts the largest elements of windows back to where they were, among zeros.</summary>
[Counterpart("TorchSharp.Modules.MaxUnpool3d")]
public sealed class MaxUnpool3d : ParameterLessModule<Tensor, Tensor, long[]?, Tensor>
{
    private readonly long[] kernel;
    private readonly long[]? stride;
    private readonly long[]? padding;

    internal MaxUnpool3d(long[] kernel, long[]? stride, long[]? padding)
        : base(nameof(MaxUnpool3d))
    {
        this.kernel = kernel;
        this.stride = stride;
        this.padding = padding;
    }

    /// <summary>Values and their places → the sparse volume.</summary>
    [Counterpart("forward")]
    public override Tensor Forward(Tensor tensor, Tensor indices, long[]? output_size = null) =>
        Functional.MaxUnpool3d(tensor, indices, kernel, stride, padding, output_size);

    /// <summary>Values and their places → the sparse volume.</summary>
    [Counterpart("call")]
    public new Tensor Call(Tensor tensor, Tensor indices, long[]? output_size = null) => Forward(tensor, indices, output_size);
}
