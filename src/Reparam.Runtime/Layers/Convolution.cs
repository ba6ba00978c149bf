using Reparam.Runtime.Kernels;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime;

/// <summary>What convolutions share: a dense or packed weight, a bias, and the steps of the kernel.</summary>
[Counterpart("TorchSharp.Modules.Convolution")]
public abstract class Convolution : Module<Tensor, Tensor>
{
    private readonly long[] kernel;
    private readonly long[] stride;
    private readonly long[] dilation;
    private readonly PaddingModes mode;
    private readonly long[] surrounding;

    private protected Convolution(
        string name, long in_channels, long out_channels, ReadOnlySpan<long> kernel_size, ReadOnlySpan<long> stride, ReadOnlySpan<ConvPadding> padding,
        ReadOnlySpan<long> dilation, PaddingModes mode, long groups, bool bias, bool transposed = false)
        : base(name)
    {
        if (groups < 1 || in_channels % groups != 0 || out_channels % groups != 0)
        {
            throw new ArgumentException($"{name}: {in_channels} input and {out_channels} output channels cannot be divided into {groups} group(s).");
        }

        InChannels = in_channels;
        OutChannels = out_channels;
        kernel = kernel_size.ToArray();
        this.stride = stride.ToArray();
        this.dilation = dilation.ToArray();
        this.mode = mode;
        Groups = (int)groups;
        Padding = new (int Before, int After)[kernel.Length];
        surrounding = new long[2 * kernel.Length];
        for (var i = 0; i < kernel.Length; i++)
        {
            var sides = padding[i].Resolve((int)kernel[i], (int)stride[i], (int)dilation[i]);
            if (mode == PaddingModes.Zeros)
            {
                Padding[i] = sides;
            }
            else
            {
                // From the last dimension on; but what keeps the size is put around the dimensions in their own order, as in TorchSharp.
                var at = 2 * (padding[i].Same ? i : kernel.Length - 1 - i);
                (surrounding[at], surrounding[at + 1]) = sides;
            }
        }

        Weight = transposed
            ? new Parameter([in_channels, out_channels / groups, .. kernel_size])
            : new Parameter([out_channels, in_channels / groups, .. kernel_size]) { Groups = Groups, MayBePacked = true };
        Bias = bias ? new Parameter(out_channels) : null;
    }

    /// <summary>[outputs, channels / groups, kernel sizes]; of a transposed convolution [channels, outputs / groups, kernel sizes].</summary>
    [Counterpart("weight")]
    public Parameter Weight { get; set; }

    /// <summary>[outputs], or null.</summary>
    [Counterpart("bias")]
    public Parameter? Bias { get; set; }

    /// <summary>Channels of the input.</summary>
    [Counterpart("in_channels")]
    public long InChannels { get; }

    /// <summary>Channels of the output.</summary>
    [Counterpart("out_channels")]
    public long OutChannels { get; }

    /// <summary>Sizes of the kernel.</summary>
    [Counterpart("kernel_size")]
    public ReadOnlySpan<long> KernelSize => kernel;

    /// <summary>Steps of the kernel.</summary>
    [Counterpart("stride")]
    public ReadOnlySpan<long> Stride => stride;

    /// <summary>Distances between neighbours in the kernel.</summary>
    [Counterpart("dilation")]
    public ReadOnlySpan<long> Dilation => dilation;

    /// <summary>Number of independent groups of channels.</summary>
    internal int Groups { get; }

    /// <summary>Zeros on the sides of each dimension.</summary>
    private protected (int Before, int After)[] Padding { get; }

    /// <summary>The input with what stands around it where that is not zeros.</summary>
    private protected Tensor Surrounded(Tensor input) => mode == PaddingModes.Zeros ? input : Functional.Pad(input, surrounding, mode);

    /// <summary>act(norm(this layer's output) + residual) in one pass; null where that cannot be.</summary>
    /// <param name="input">The layer's input.</param>
    /// <param name="norm">What follows the layer, or null.</param>
    /// <param name="residual">Added to it, or null.</param>
    /// <param name="activation">Applied last.</param>
    internal Tensor? TryForward(Tensor input, BatchNorm? norm, Tensor? residual, Activation activation)
    {
        if (input.Dtype != DType.Float32 || (residual is not null && residual.Dtype != DType.Float32))
        {
            return null;
        }

        Tensor? scale = null;
        Tensor? shift = Bias;
        return norm is null || (input.Rank == Weight.Rank && norm.NumFeatures == OutChannels && norm.TryFold(input.Rank, Bias, out scale, out shift))
            ? Forward(input, new ConvolutionEpilogue(scale, shift, residual, activation))
            : null;
    }

    /// <summary>The layer with another epilogue than its bias; null where there is none, or where the residual has not the output's shape.</summary>
    private protected virtual Tensor? Forward(Tensor input, in ConvolutionEpilogue epilogue) => null;

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Parameter("weight", Weight);
        visitor.Parameter("bias", Bias);
    }
}
