using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Kernels;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Tests.Packed;

namespace Reparam.Runtime.Tests.Images;

/// <summary>Convolutions with dense and packed weights, against sums in double precision.</summary>
public class ConvolutionTests
{
    private const int Count = 2;

    public static TheoryData<ConvolutionOracle> Shapes
    {
        get
        {
            var data = new TheoryData<ConvolutionOracle>
            {
                // Summed directly: depthwise, few outputs, rows shorter and longer than a vector, odd rows at the end.
                new(5, 9, 37, 5, (3, 3), (1, 1), (1, 1), (1, 1), 5),
                new(3, 7, 7, 9, (3, 3), (1, 1), (1, 1), (1, 1), 3),
                new(4, 1, 257, 8, (1, 5), (1, 3), (0, 2), (1, 2), 4),
                new(2, 130, 120, 2, (5, 2), (1, 1), (0, 0), (1, 1), 2),
                new(6, 13, 11, 15, (2, 3), (2, 2), (1, 1), (2, 1), 3),

                // Multiplied with panels: pointwise, in place, padded, strided, dilated; outputs and depths that are no multiple of eight.
                new(19, 6, 7, 17, (1, 1), (1, 1), (0, 0), (1, 1), 1),
                new(8, 17, 16, 33, (1, 1), (2, 2), (0, 0), (1, 1), 1),
                new(7, 12, 15, 40, (3, 3), (1, 1), (0, 0), (1, 1), 1),
                new(9, 11, 5, 21, (3, 3), (1, 1), (1, 1), (1, 1), 1),
                new(6, 23, 18, 34, (3, 5), (2, 3), (1, 2), (2, 1), 2),
                new(2, 40, 41, 18, (3, 2), (1, 2), (1, 1), (3, 2), 1),
                new(1, 1, 100, 24, (1, 7), (1, 4), (0, 3), (1, 1), 1),
                new(3, 20, 20, 17, (4, 4), (5, 5), (0, 0), (1, 1), 1),

                // Large enough for all threads.
                new(24, 20, 21, 40, (3, 3), (1, 1), (1, 1), (1, 1), 1),
                new(64, 44, 42, 64, (3, 3), (1, 1), (1, 1), (1, 1), 64),
            };
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_dense_weight_is_convolved(ConvolutionOracle shape)
    {
        var weights = CodedMatrices.Gaussian(shape.Outputs * shape.Depth);
        var layer = Layer(shape);
        layer.Weight.Fill(weights);
        Check(shape, layer, shape.Run(Images(shape), weights, Bias(shape)), relative: 3e-6);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_path_sums_dense_weights_and_finishes_them(ConvolutionOracle shape) => CheckPaths(shape);

    [Fact]
    public void Shapes_of_every_kind_are_convolved()
    {
        var random = new Random(17);
        for (var i = 0; i < 150; i++)
        {
            (int Y, int X) Two(int least, int most) => (random.Next(least, most + 1), random.Next(least, most + 1));
            var groups = random.Next(3) == 0 ? random.Next(1, 5) : 1;
            var (kernel, dilation, padding) = (Two(1, 4), Two(1, 2), Two(0, 3));
            var (height, width) = (random.Next(1, 12), random.Next(1, 40));
            CheckPaths(new(
                groups * random.Next(1, 6), Math.Max(height, (dilation.Y * (kernel.Y - 1)) + 1 - (2 * padding.Y)),
                Math.Max(width, (dilation.X * (kernel.X - 1)) + 1 - (2 * padding.X)), groups * random.Next(1, 22), kernel, Two(1, 3), padding, dilation, groups));
        }
    }

    // Scale, shift and residual, and an activation; whole images and parts of one for several threads.
    private static void CheckPaths(ConvolutionOracle shape)
    {
        var (weights, bias, scale) = (CodedMatrices.Gaussian(shape.Outputs * shape.Depth), Bias(shape), CodedMatrices.Gaussian(shape.Outputs, 6));
        var sums = shape.Run(Images(shape), weights, new float[shape.Outputs]);
        var residual = CodedMatrices.Gaussian(sums.Length, 7);
        var sizes = new ConvolutionShape(
            shape.Channels, shape.Height, shape.Width, shape.Outputs, shape.Kernel.Y, shape.Kernel.X, shape.Stride.Y, shape.Stride.X, shape.Padding.Y,
            shape.Padding.X, shape.Dilation.Y, shape.Dilation.X, shape.Groups, shape.OutHeight, shape.OutWidth);
        var image = Torch.Tensor(Images(shape), [(long)Count, shape.Channels, shape.Height, shape.Width]);
        var weight = Torch.Tensor(weights, [(long)shape.Outputs, shape.Channels / shape.Groups, shape.Kernel.Y, shape.Kernel.X]);
        var plane = shape.OutHeight * shape.OutWidth;
        foreach (var path in KernelCases.VectorPaths)
        {
            foreach (var activation in Enum.GetValues<Activation>())
            {
                var epilogue = new ConvolutionEpilogue(Torch.Tensor(scale), Torch.Tensor(bias), Torch.Tensor(residual), activation);
                var values = Kernels.Convolution.Run(image, weight, sizes, epilogue, path).ToArray<float>();
                for (var i = 0; i < values.Length; i++)
                {
                    var output = i / plane % shape.Outputs;
                    var expected = Activate((sums[i].Value * scale[output]) + bias[output] + residual[i], activation);
                    var allowed = 3e-6 * ((sums[i].Magnitude * Math.Abs(scale[output])) + Math.Abs(bias[output]) + Math.Abs(residual[i]) + 1);
                    Assert.True(
                        Math.Abs(values[i] - expected) <= allowed, $"{path} {activation} {shape}: element {i}: expected {expected:R}, found {values[i]:R}");
                }
            }
        }
    }

    private static double Activate(double x, Activation activation) => activation switch
    {
        Activation.None => x,
        Activation.ReLU => Math.Max(x, 0),
        Activation.SiLU => x / (1 + Math.Exp(-x)),
        Activation.GELU => x * (1 + Erf(x / Math.Sqrt(2))) / 2,
        _ => x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))) / 2,
    };

    // By its series near zero, by the continued fraction of its complement elsewhere.
    private static double Erf(double x)
    {
        var (size, sum, term) = (Math.Abs(x), x, x);
        if (size < 3)
        {
            for (var n = 1; n < 80; n++)
            {
                term *= -x * x / n;
                sum += term / ((2 * n) + 1);
            }

            return 2 / Math.Sqrt(Math.PI) * sum;
        }

        var rest = 0.0;
        for (var n = 80; n > 0; n--)
        {
            rest = n / 2.0 / (size + rest);
        }

        return Math.Sign(x) * (1 - (Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (size + rest)));
    }

    [Fact]
    public void Infinities_and_NaN_go_where_they_are_seen_with_dense_weights()
    {
        var shape = new ConvolutionOracle(3, 9, 21, 11, (3, 3), (1, 1), (1, 1), (1, 1), 1);
        var layer = Layer(shape);
        layer.Weight.Fill(CodedMatrices.Gaussian(shape.Outputs * shape.Depth));
        layer.Bias!.Fill(Bias(shape));
        foreach (var value in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            var pixels = CodedMatrices.Gaussian(3 * 9 * 21);
            pixels[(4 * 21) + 20] = value;
            var result = FusedOperations.CallRelu(layer, Torch.Tensor(pixels, [1L, 3, 9, 21])).ToArray<float>();
            var plain = layer.Call(Torch.Tensor(pixels, [1L, 3, 9, 21])).ToArray<float>();
            for (var i = 0; i < plain.Length; i++)
            {
                var sees = (i % 21) >= 19 && Math.Abs((i / 21 % 9) - 4) <= 1;
                Assert.Equal(sees, !float.IsFinite(plain[i]));
                Assert.Equal(Math.Max(plain[i], 0), result[i]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_packed_weight_is_convolved(ConvolutionOracle shape)
    {
        foreach (var layout in (string[])["row", .. CodedMatrices.OtherLayouts])
        {
            var outputs = shape.Outputs / shape.Groups;
            CodedMatrix[] coded = [.. Enumerable.Range(0, shape.Groups).Select(group => layout == "row"
                ? CodedMatrices.Random(outputs, shape.Depth, 1 + (group % 4), groupSize: 16, seed: group)
                : CodedMatrices.Random(layout, outputs, shape.Depth, 1 + (group % 4), seed: group))];
            var weights = new float[shape.Outputs * shape.Depth];
            for (var o = 0; o < shape.Outputs; o++)
            {
                coded[o / outputs].DecodeRow(o % outputs, weights.AsSpan(o * shape.Depth, shape.Depth));
            }

            var expected = shape.Run(Images(shape), weights, Bias(shape));
            foreach (var path in Enum.GetValues<KernelPath>().Where(path => path != KernelPath.Scalar && PackedKernels.IsSupported(path)))
            {
                var layer = Layer(shape);
                layer.Weight.Fill([.. coded.Select(matrix => PackedMatrix.Create(matrix, path, KernelPrecision.Exact))]);

                // A decoded weight is a sum of scales that may cancel; tables hold the parts.
                Check(shape, layer, expected, relative: 3e-6, absolute: 2e-5, $"{layout} {path}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Levels_of_a_packed_weight_are_convolved(ConvolutionOracle shape)
    {
        var outputs = shape.Outputs / shape.Groups;
        CodedMatrix[] coded = [.. Enumerable.Range(0, shape.Groups).Select(group => CodedMatrices.Nested(
            outputs, shape.Depth, CodedMatrices.Table(1 + (group % 4), 4, new Random(group)), 1, 256, 0, new Random(group)))];
        var weights = new float[shape.Outputs * shape.Depth];
        var largest = 0.0;
        for (var o = 0; o < shape.Outputs; o++)
        {
            var row = weights.AsSpan(o * shape.Depth, shape.Depth);
            coded[o / outputs].DecodeRow(o % outputs, row);
            var sum = 0.0;
            foreach (var weight in row)
            {
                sum += Math.Abs(weight);
            }

            largest = Math.Max(largest, sum);
        }

        // Half a step of the inputs, which have one scale for an image, or the rounding of tables where the shape is not one for levels.
        var absolute = 2e-4 * largest;
        var expected = shape.Run(Images(shape), weights, Bias(shape));
        foreach (var path in KernelCases.VectorPaths)
        {
            var layer = Layer(shape);
            layer.Weight.Fill([.. coded.Select(matrix => PackedMatrix.Create(matrix, path, KernelPrecision.Default))]);
            Check(shape, layer, expected, relative: 3e-6, absolute, $"{path}");
        }
    }

    [Theory]
    [InlineData(1e-30f)]
    [InlineData(1e20f)]
    public void Images_near_the_ends_of_the_range_are_convolved(float scale)
    {
        var shape = new ConvolutionOracle(8, 12, 12, 24, (3, 3), (1, 1), (1, 1), (1, 1), 1);
        var matrix = CodedMatrices.Nested(24, shape.Depth, CodedMatrices.Table(3, 4, new Random(2)), 1, 256, 0, new Random(3));
        var layer = Layer(shape);
        layer.Bias!.Fill(new float[24]);
        layer.Weight.Fill([PackedMatrix.Create(matrix, precision: KernelPrecision.Default)]);
        var pixels = CodedMatrices.Gaussian(8 * 144);
        var expected = layer.Call(Torch.Tensor(pixels, [1L, 8, 12, 12])).ToArray<float>();
        var found = layer.Call(Torch.Tensor(Array.ConvertAll(pixels, pixel => pixel * scale), [1L, 8, 12, 12])).ToArray<float>();
        for (var i = 0; i < found.Length; i++)
        {
            Assert.True(Math.Abs((found[i] / scale) - expected[i]) <= 3e-3, $"element {i}: {found[i] / scale} for {expected[i]}");
        }
    }

    [Fact]
    public void The_threads_do_not_change_a_bit()
    {
        var shape = new ConvolutionOracle(24, 33, 31, 40, (3, 3), (1, 1), (1, 1), (1, 1), 1);
        var layer = Layer(shape);
        layer.Bias!.Fill(Bias(shape));
        layer.Weight.Fill([PackedMatrix.Create(CodedMatrices.Random(shape.Outputs, shape.Depth, 3, 16))]);
        var image = Torch.Tensor(CodedMatrices.Gaussian(24 * 33 * 31), [1L, 24, 33, 31]);
        var expected = layer.Call(image).ToArray<float>();
        Parallel.For(0, 16, _ => Assert.Equal(expected, layer.Call(image).ToArray<float>()));
    }

    [Theory]
    [InlineData("row")]
    [InlineData("nested")]
    public void An_image_with_NaN_spoils_only_what_sees_it(string layout)
    {
        var shape = new ConvolutionOracle(2, 9, 9, 20, (3, 3), (1, 1), (1, 1), (1, 1), 1);
        CodedMatrix matrix = layout == "row"
            ? CodedMatrices.Random(shape.Outputs, shape.Depth, 3, 16)
            : CodedMatrices.Nested(shape.Outputs, shape.Depth, CodedMatrices.Table(3, 4, new Random(2)), 1, 256, 0, new Random(3));
        var layer = Layer(shape);
        layer.Bias!.Fill(Bias(shape));
        layer.Weight.Fill([PackedMatrix.Create(matrix)]);
        var pixels = CodedMatrices.Gaussian(2 * 81);
        pixels[(4 * 9) + 4] = float.NaN;
        var result = layer.Call(Torch.Tensor(pixels, [1L, 2, 9, 9])).ToArray<float>();
        for (var i = 0; i < result.Length; i++)
        {
            var sees = Math.Abs((i % 9) - 4) <= 1 && Math.Abs((i / 9 % 9) - 4) <= 1;
            Assert.Equal(sees, float.IsNaN(result[i]));
        }
    }

    private static Conv2d Layer(ConvolutionOracle shape) =>
        Nn.Conv2d(shape.Channels, shape.Outputs, shape.Kernel, shape.Stride, shape.Padding, shape.Dilation, groups: shape.Groups);

    private static float[] Images(ConvolutionOracle shape) => CodedMatrices.Gaussian(Count * shape.Channels * shape.Height * shape.Width);

    private static float[] Bias(ConvolutionOracle shape) => CodedMatrices.Gaussian(shape.Outputs, 5);

    private static void Check(
        ConvolutionOracle shape, Conv2d layer, (double Value, double Magnitude)[] expected, double relative, double absolute = 0, string? because = null)
    {
        layer.Bias!.Fill(Bias(shape));
        var found = layer.Call(Torch.Tensor(Images(shape), [(long)Count, shape.Channels, shape.Height, shape.Width]));
        Assert.Equal([Count, shape.Outputs, shape.OutHeight, shape.OutWidth], found.Shape.ToArray());
        var values = found.ToArray<float>();
        for (var i = 0; i < expected.Length; i++)
        {
            var (value, magnitude) = expected[i];
            Assert.True(Math.Abs(values[i] - value) <= (relative * magnitude) + absolute, $"{because} {shape}: element {i}: expected {value:R}, found {values[i]:R}");
        }
    }
}
