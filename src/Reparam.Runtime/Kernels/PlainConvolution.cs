namespace Reparam.Runtime.Kernels;

/// <summary>Convolutions of double precision by plain loops, in up to three dimensions.</summary>
internal static class PlainConvolution
{
    /// <summary>Each output is a bias and the products of a window of the input with the kernel.</summary>
    /// <param name="input">[N, C, D, H, W].</param>
    /// <param name="weight">[outputs, C / groups, depth, height, width].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="sides">The windows along depth, height and width.</param>
    /// <param name="groups">Number of independent groups of channels.</param>
    /// <returns>[N, outputs, D′, H′, W′].</returns>
    public static Tensor Run(Tensor input, Tensor weight, Tensor? bias, PoolingWindow[] sides, int groups)
    {
        var outputs = (int)weight.Shape[0];
        var result = Started(input, outputs, bias, sides);
        var (x, w, y) = (Values(input), Values(weight), result.Storage);
        var (inputs, perGroup) = ((int)weight.Shape[1], outputs / groups);
        var (from, to) = (Strides(input.Shape), Strides(result.Shape));
        Each(input, sides, isTransposed: false, (n, inner, outer, tap) =>
        {
            var values = y.Elements<double>();
            for (var o = 0; o < outputs; o++)
            {
                var sum = 0.0;
                for (var c = 0; c < inputs; c++)
                {
                    sum += x[n * from.Batch + (o / perGroup * inputs + c) * from.Channel + inner] * w[(o * inputs + c) * Count(sides) + tap];
                }

                values[n * to.Batch + o * to.Channel + outer] += sum;
            }
        });
        return result;
    }

    /// <summary>Each input adds its product with the kernel to a window of the output.</summary>
    /// <param name="input">[N, C, D, H, W].</param>
    /// <param name="weight">[C, outputs / groups, depth, height, width].</param>
    /// <param name="bias">[outputs], or null.</param>
    /// <param name="sides">The windows of the output, of which each input has one; their output is its size.</param>
    /// <param name="groups">Number of independent groups of channels.</param>
    /// <returns>[N, outputs, D′, H′, W′].</returns>
    public static Tensor Transposed(Tensor input, Tensor weight, Tensor? bias, PoolingWindow[] sides, int groups)
    {
        var perGroup = (int)weight.Shape[1];
        var result = Started(input, perGroup * groups, bias, sides);
        var (x, w, y) = (Values(input), Values(weight), result.Storage);
        var inputs = (int)input.Shape[1];
        var (from, to) = (Strides(input.Shape), Strides(result.Shape));
        Each(input, sides, isTransposed: true, (n, inner, outer, tap) =>
        {
            var values = y.Elements<double>();
            for (var c = 0; c < inputs; c++)
            {
                var value = x[n * from.Batch + c * from.Channel + inner];
                var first = c / (inputs / groups) * perGroup;
                for (var o = 0; o < perGroup; o++)
                {
                    values[n * to.Batch + (first + o) * to.Channel + outer] += value * w[(c * perGroup + o) * Count(sides) + tap];
                }
            }
        });
        return result;
    }

    // Calls with the batch's element, and the places of an input, an output and the weight between them.
    private static void Each(Tensor input, PoolingWindow[] sides, bool isTransposed, Action<int, int, int, int> pair)
    {
        int[] sizes = [(int)input.Shape[2], (int)input.Shape[3], (int)input.Shape[4]];
        for (var n = 0; n < input.Shape[0]; n++)
        {
            var batch = n;
            Along(sides, sizes, isTransposed, 0, 0, 0, 0, (inner, outer, tap) => pair(batch, inner, outer, tap));
        }
    }

    private static void Along(PoolingWindow[] sides, int[] sizes, bool isTransposed, int dim, int inner, int outer, int tap, Action<int, int, int> found)
    {
        if (dim == sides.Length)
        {
            found(inner, outer, tap);
            return;
        }

        // A window starts at the place of its output, or of its input where the convolution is transposed.
        var side = sides[dim];
        var (windows, reach) = isTransposed ? (sizes[dim], side.Output) : (side.Output, sizes[dim]);
        for (var window = 0; window < windows; window++)
        {
            for (var k = 0; k < side.Kernel; k++)
            {
                var place = window * side.Stride - side.Padding + k * side.Dilation;
                if (place >= 0 && place < reach)
                {
                    var (i, o) = isTransposed ? (window, place) : (place, window);
                    Along(sides, sizes, isTransposed, dim + 1, inner * sizes[dim] + i, outer * side.Output + o, tap * side.Kernel + k, found);
                }
            }
        }
    }

    private static Tensor Started(Tensor input, int outputs, Tensor? bias, PoolingWindow[] sides)
    {
        var result = Torch.Zeros([input.Shape[0], outputs, sides[0].Output, sides[1].Output, sides[2].Output], DType.Float64);
        return bias is null ? result : result.Add_(bias.As(DType.Float64).Reshape(1, -1, 1, 1, 1));
    }

    private static int Count(PoolingWindow[] sides) => sides[0].Kernel * sides[1].Kernel * sides[2].Kernel;

    private static (int Batch, int Channel) Strides(ReadOnlySpan<long> shape)
    {
        var plane = (int)Layout.Count(shape[2..]);
        return ((int)shape[1] * plane, plane);
    }

    private static double[] Values(Tensor x) => x.As(DType.Float64).ToArray<double>();
}
