using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>How a convolution walks over its input.</summary>
internal sealed class ConvolutionSettings
{
    private readonly PaddingModes paddingMode;
    private readonly Padding? paddingType;
    private readonly long[] padding;

    // Padding written out for functional.pad, last dimension first: (before, after) of each.
    private readonly long[] writtenOut;

    /// <summary>Reads a plain convolution's settings.</summary>
    /// <param name="plain">A convolution over one or two dimensions.</param>
    /// <param name="dimensions">1 or 2.</param>
    public ConvolutionSettings(Convolution plain, int dimensions)
    {
        Stride = Spread(plain.stride, dimensions);
        Dilation = Spread(plain.dilation, dimensions);
        Groups = plain.groups;
        paddingMode = plain.padding_mode;
        paddingType = plain.padding_type;
        padding = paddingType is null ? Spread(plain.padding, dimensions) : new long[dimensions];
        var kernel = plain.weight.shape[2..];
        writtenOut = [.. Enumerable.Range(0, dimensions).Reverse().SelectMany(d => Around(kernel[d], Dilation[d], padding[d]))];
    }

    /// <summary>Step of each dimension.</summary>
    public long[] Stride { get; }

    /// <summary>Distance of kernel elements in each dimension.</summary>
    public long[] Dilation { get; }

    /// <summary>Number of groups.</summary>
    public long Groups { get; }

    /// <summary>The padding that is left for the convolution itself after <see cref="Pad"/>.</summary>
    public long[] InnerPadding => PadsItself ? padding : new long[padding.Length];

    private bool PadsItself => paddingMode == PaddingModes.Zeros && paddingType is null;

    /// <summary>Pads the input where the convolution cannot do it itself: other values than zero, or as much as keeps the size.</summary>
    /// <param name="x">[batch, in, ...] or [in, ...].</param>
    public Tensor Pad(Tensor x)
    {
        if (PadsItself || writtenOut.All(p => p == 0))
        {
            return x;
        }

        var mode = paddingMode == PaddingModes.Zeros ? PaddingModes.Constant : paddingMode;
        return functional.pad(x, writtenOut, mode);
    }

    /// <summary>Whether another convolution of the same kernel lies over the same values at each place.</summary>
    /// <param name="other">The other convolution.</param>
    public bool WalksAs(ConvolutionSettings other) =>
        Groups == other.Groups && Stride.SequenceEqual(other.Stride) && Dilation.SequenceEqual(other.Dilation) && paddingMode == other.paddingMode
        && paddingType == other.paddingType && padding.SequenceEqual(other.padding);

    // Padding.Same puts the odd element at the end, as libtorch does.
    private IEnumerable<long> Around(long kernel, long dilation, long given)
    {
        if (paddingType != Padding.Same)
        {
            return [given, given];
        }

        var total = dilation * (kernel - 1);
        return [total / 2, total - (total / 2)];
    }

    private static long[] Spread(long[]? values, int dimensions) => values switch
    {
        null or [] => Enumerable.Repeat(0L, dimensions).ToArray(),
        [var one] => Enumerable.Repeat(one, dimensions).ToArray(),
        _ => values,
    };
}
