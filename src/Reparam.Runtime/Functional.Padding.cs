using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Padding.</content>
public static partial class Functional
{
    /// <summary>Puts values around the last dimensions; negative numbers cut.</summary>
    /// <param name="input">A tensor.</param>
    /// <param name="pad">Elements before and after the last dimension, then those of the one before it, and so on.</param>
    /// <param name="mode">What the values are.</param>
    /// <param name="value">The value of the mode <see cref="PaddingModes.Constant"/>.</param>
    /// <exception cref="ArgumentException">The numbers do not fit the input or the mode.</exception>
    [Counterpart("pad")]
    public static Tensor Pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
        Surrounding.Run(input, pad, mode, value);

    /// <summary>Puts values on both sides of the last dimension.</summary>
    /// <exception cref="ArgumentException">The numbers do not fit the input or the mode.</exception>
    [Counterpart("pad")]
    public static Tensor Pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
        Surrounding.Run(input, [pad.Item1, pad.Item2], mode, value);

    /// <summary>Puts values on both sides of the last two dimensions.</summary>
    /// <exception cref="ArgumentException">The numbers do not fit the input or the mode.</exception>
    [Counterpart("pad")]
    public static Tensor Pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
        Surrounding.Run(input, [pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);

    /// <summary>Puts as many values on both sides of every dimension.</summary>
    /// <exception cref="ArgumentException">The numbers do not fit the input or the mode.</exception>
    [Counterpart("pad")]
    public static Tensor Pad(Tensor input, long pad, PaddingModes mode = PaddingModes.Constant, double value = 0)
    {
        Span<long> sides = stackalloc long[2 * input.Rank];
        sides.Fill(pad);
        return Surrounding.Run(input, sides, mode, value);
    }
}
