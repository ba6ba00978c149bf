using Reparam.Benchmarks.Images;
using Reparam.Benchmarks.Measuring;
using Reparam.Benchmarks.Peers;
using Reparam.Runtime;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Packed.Levels;

namespace Reparam.Benchmarks.Kernels;

/// <summary>Measures products of many input rows and convolutions: in levels, by look-ups, and in libtorch with float32 weights, interleaved in this process.</summary>
/// <param name="sampler">How samples are taken.</param>
/// <param name="torch">libtorch.</param>
internal sealed class BatchBench(Sampler sampler, TorchLibrary torch)
{
    private readonly Contender? words = WordProbe.Contender();

    /// <summary>A product.</summary>
    /// <param name="item">The product.</param>
    public BatchLine Product(KernelCase item)
    {
        Contender[] contenders =
        [
            item.Product(cold: false).Contender("levels"),
            LookedUp(() => item.Product(cold: false)).Contender("look-ups"),
            torch.MatrixVector("float32", item.Rows, item.Columns, brainFloat: false, cold: false, item.Batch),
        ];
        var measured = sampler.Measure(words is null ? contenders : [.. contenders, words]);
        var what = $"{item.Rows}x{item.Columns}, {item.Layout}, {item.Bits} bits, {item.Precision.ToString().ToLowerInvariant()}, {item.Batch} inputs";
        return new BatchLine(
            what, item.Operations, measured[0].Seconds, measured[1].Seconds, measured[2].Seconds, words is null ? 0 : WordProbe.Operations / measured[3].Seconds);
    }

    /// <summary>A convolution of 3 x 3 with nested weights.</summary>
    /// <param name="shape">Channels, outputs, sides of the image, stride, images.</param>
    /// <param name="bits">Planes.</param>
    /// <param name="precision">Kernel precision.</param>
    public BatchLine Convolution((int Channels, int Outputs, int Side, int Stride, int Images) shape, int bits, KernelPrecision precision)
    {
        var (channels, outputs, side, stride, images) = shape;
        var matrix = RandomMatrix.Create("nested", outputs, channels * 9, bits, 0, bits);
        var input = Torch.Tensor(RandomMatrix.Inputs(images * channels * side * side, 1)).Reshape(images, channels, side, side);
        var measured = sampler.Measure(
            Contender("levels", Layer()), Contender("look-ups", LookedUp(Layer)), torch.Convolution(new LayerShape(channels, outputs, side, Stride: stride), images));
        var placesOut = (double)(side / stride) * (side / stride);
        return new BatchLine(
            $"{images} x {channels} to {outputs} channels, 3x3, {side}x{side}, stride {stride}, {bits} bits, {precision.ToString().ToLowerInvariant()}",
            2 * images * outputs * channels * 9 * placesOut, measured[0].Seconds, measured[1].Seconds, measured[2].Seconds);

        Conv2d Layer()
        {
            var layer = Nn.Conv2d(channels, outputs, kernel_size: 3, stride: stride, padding: 1, bias: false);
            layer.Weight.Fill([PackedMatrix.Create(matrix, precision: precision)]);
            return layer;
        }

        Contender Contender(string name, Conv2d layer) => new(name, () =>
        {
            using var scope = TensorScope.Open();
            _ = layer.Call(input);
        }, matrix.StoredBytes);
    }

    // Made of matrices that look products up whatever the number of input rows.
    private static T LookedUp<T>(Func<T> create)
    {
        LevelForm.Enough = int.MaxValue;
        try
        {
            return create();
        }
        finally
        {
            LevelForm.Enough = null;
        }
    }
}
