using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Images and volumes at other places.</content>
public static partial class Functional
{
    /// <summary>Reads an image or volume at given places.</summary>
    /// <param name="input">[N, C, H, W] or [N, C, D, H, W].</param>
    /// <param name="grid">[N, H′, W′, 2] (x, y) or [N, D′, H′, W′, 3] (x, y, z), from −1 to 1 over the image.</param>
    /// <param name="mode">How values between elements are found.</param>
    /// <param name="padding_mode">What lies outside.</param>
    /// <param name="align_corners">Whether −1 and 1 are the middles of the outer elements, not their edges; false when null.</param>
    /// <returns>[N, C, (D′,) H′, W′].</returns>
    /// <exception cref="ArgumentException">The shapes or types do not fit.</exception>
    [Counterpart("grid_sample")]
    public static Tensor GridSample(
        Tensor input, Tensor grid, GridSampleMode mode = GridSampleMode.Bilinear, GridSamplePaddingMode padding_mode = GridSamplePaddingMode.Zeros,
        bool? align_corners = null) => GridSampling.Run(input, grid, mode, padding_mode, align_corners ?? false);

    /// <summary>The places of an affine map of an image or volume, for <see cref="GridSample"/>.</summary>
    /// <param name="theta">[N, 2, 3] or [N, 3, 4].</param>
    /// <param name="size">Shape of the result of the sampling: [N, C, H, W] or [N, C, D, H, W].</param>
    /// <param name="align_corners">Whether −1 and 1 are the middles of the outer elements, not their edges.</param>
    /// <returns>[N, H, W, 2] or [N, D, H, W, 3].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("affine_grid")]
    public static Tensor AffineGrid(Tensor theta, ReadOnlySpan<long> size, bool align_corners = false)
    {
        var dims = size.Length - 2;
        if (dims is not (2 or 3) || theta.Rank != 3 || theta.Shape[0] != size[0] || theta.Shape[1] != dims || theta.Shape[2] != dims + 1)
        {
            throw new ArgumentException(
                $"affine_grid takes maps [N, 2, 3] and a size [N, C, H, W], or [N, 3, 4] and [N, C, D, H, W]; not {Layout.Describe(theta.Shape)} and "
                    + $"{Layout.Describe(size)}.");
        }

        long[] places = [.. size[2..]];
        var columns = new Tensor[dims + 1];
        for (var dim = 0; dim < dims; dim++)
        {
            // The last dimension is x, the first number of a place.
            var count = places[dims - 1 - dim];
            var line = count == 1 ? Torch.Zeros([1], theta.Dtype) : Torch.Linspace(-1, 1, count, theta.Dtype);
            line = align_corners ? line : line.Mul((count - 1.0) / count);
            long[] shape = [.. Enumerable.Repeat(1L, dims)];
            shape[dims - 1 - dim] = count;
            columns[dim] = line.Reshape(shape).Expand(places);
        }

        columns[dims] = Torch.Ones(places, theta.Dtype);
        var grid = Torch.Stack(columns, -1).Reshape(1, -1, dims + 1).Matmul(theta.Transpose(1, 2));
        return grid.Reshape([size[0], .. places, dims]);
    }
}
