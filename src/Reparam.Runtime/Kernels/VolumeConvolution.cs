namespace Reparam.Runtime.Kernels;

/// <summary>
/// Three-dimensional convolution by the kernels of two dimensions: for each output depth, the depths that its kernel sees are further channels of one image.
/// The weight has them in this order already, packed or not.
/// </summary>
internal static class VolumeConvolution
{
    /// <summary>Runs over a batch.</summary>
    /// <param name="input">[N, C, D, H, W].</param>
    /// <param name="weight">[outputs, C / groups, kernel depth, height, width], dense or packed.</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="plane">Sizes of one image, with the channels of the input.</param>
    /// <param name="depth">Steps along the depth.</param>
    /// <returns>[N, outputs, D′, H′, W′].</returns>
    public static Tensor Run(Tensor input, Tensor weight, Tensor? bias, ConvolutionShape plane, PoolingWindow depth)
    {
        var images = input.AsContiguous();
        var (batch, depths) = ((int)images.Shape[0], (int)images.Shape[2]);
        var size = plane.Height * plane.Width;
        var channels = plane.Channels * depth.Kernel;
        var unfolded = Tensor.Allocate(DType.Float32, [(long)batch * depth.Output, channels, plane.Height, plane.Width]);
        var source = Pointwise.Flat<float>(images);
        var target = Pointwise.Flat<float>(unfolded);
        for (var image = 0; image < batch * depth.Output; image++)
        {
            var (n, out0) = Math.DivRem(image, depth.Output);
            for (var channel = 0; channel < channels; channel++)
            {
                var (c, k) = Math.DivRem(channel, depth.Kernel);
                var z = (out0 * depth.Stride) - depth.Padding + (k * depth.Dilation);
                var place = target.Slice(((image * channels) + channel) * size, size);
                if ((uint)z < (uint)depths)
                {
                    source.Slice(((((n * plane.Channels) + c) * depths) + z) * size, size).CopyTo(place);
                }
                else
                {
                    place.Clear();
                }
            }
        }

        var result = Convolution.Run(unfolded, weight, plane with { Channels = channels }, new ConvolutionEpilogue(null, bias));
        return result.View(batch, depth.Output, plane.Outputs, plane.OutHeight, plane.OutWidth).Transpose(1, 2).Contiguous();
    }
}
