namespace Reparam.Runtime.Kernels;

/// <summary>Values around a tensor: one side of one dimension after the other.</summary>
internal static class Surrounding
{
    /// <summary>Puts values around the last dimensions.</summary>
    /// <param name="input">A tensor of any type.</param>
    /// <param name="pad">Before and after the last dimension, then the one before it; negative numbers cut.</param>
    /// <param name="mode">What the values are.</param>
    /// <param name="value">The constant.</param>
    /// <exception cref="ArgumentException">The numbers do not fit the input or the mode.</exception>
    public static Tensor Run(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode, double value)
    {
        if (pad.Length % 2 != 0 || pad.Length > 2 * input.Rank)
        {
            throw new ArgumentException(
                $"pad: an even count of at most {2 * input.Rank} numbers fits the input {Layout.Describe(input.Shape)}, not {Layout.Describe(pad)}.");
        }

        if (mode is PaddingModes.Constant or PaddingModes.Zeros)
        {
            return Constant(input, pad, value);
        }

        // libtorch mirrors and repeats the spatial dimensions of a batch, or of one element of it.
        if (pad.Length is not (2 or 4 or 6) || input.Rank - pad.Length / 2 is not (1 or 2))
        {
            throw new ArgumentException(
                $"pad: {pad.Length} numbers cannot be padded by {mode} in the input {Layout.Describe(input.Shape)}: two for each dimension after the channels "
                    + "are expected.");
        }

        if (mode != PaddingModes.Circular && input.Shape[1..].Contains(0))
        {
            throw new ArgumentException($"pad: {mode} needs elements in every dimension but the first, but the input is {Layout.Describe(input.Shape)}.");
        }

        if (value != 0)
        {
            throw new ArgumentException($"pad: {mode} takes no value, but {value} is given.");
        }

        for (var i = 0; i < pad.Length; i += 2)
        {
            input = Indexed(input, input.Rank - 1 - (i / 2), (int)pad[i], (int)pad[i + 1], mode);
        }

        return input;
    }

    private static Tensor Constant(Tensor input, ReadOnlySpan<long> pad, double value)
    {
        Span<long> shape = stackalloc long[input.Rank];
        input.Shape.CopyTo(shape);
        var source = input;
        for (var i = 0; i < pad.Length; i += 2)
        {
            var dim = input.Rank - 1 - (i / 2);
            var (before, after) = (pad[i], pad[i + 1]);
            shape[dim] += before + after;
            if (source.Shape[dim] < Math.Max(0, -before) + Math.Max(0, -after))
            {
                throw new ArgumentException($"pad: {Layout.Describe(pad)} leaves less than nothing of the input {Layout.Describe(input.Shape)}.");
            }

            // What is cut away is no source.
            source = source.Narrow(dim, Math.Max(0, -before), source.Shape[dim] - Math.Max(0, -before) - Math.Max(0, -after));
        }

        var result = Tensor.Allocate(input.Dtype, shape);
        result.Fill_(value);
        var target = result;
        for (var i = 0; i < pad.Length; i += 2)
        {
            var dim = input.Rank - 1 - (i / 2);
            target = target.Narrow(dim, Math.Clamp(pad[i], 0, shape[dim]), source.Shape[dim]);
        }

        target.Copy_(source);
        return result;
    }

    private static Tensor Indexed(Tensor input, int dim, int before, int after, PaddingModes mode)
    {
        var size = (int)input.Shape[dim];
        var longest = Math.Max(before, after);

        // What is repeated in a circle is what negative numbers leave.
        var (first, kept) = (Math.Max(0, -before), size - Math.Max(0, -before) - Math.Max(0, -after));
        if (size + before + after < 1 || (mode == PaddingModes.Reflect && longest >= size) || (mode == PaddingModes.Circular && longest > kept))
        {
            throw new ArgumentException($"pad: {before} and {after} elements by {mode} do not fit a side of {size}.");
        }

        var places = new long[size + before + after];
        for (var i = 0; i < places.Length; i++)
        {
            var place = i - before;
            places[i] = mode switch
            {
                PaddingModes.Replicate => Math.Clamp(place, 0, size - 1),
                PaddingModes.Circular => first + ((i - Math.Max(before, 0) + kept) % kept),
                _ => place < 0 ? -place : place >= size ? (2 * (size - 1)) - place : place,
            };
        }

        return input.IndexSelect(dim, Torch.Tensor(places));
    }
}
