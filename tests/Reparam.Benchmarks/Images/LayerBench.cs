using Reparam.Benchmarks.Kernels;
using Reparam.Benchmarks.Measuring;
using Reparam.Benchmarks.Peers;
using Reparam.Runtime;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Images;

/// <summary>Measures single convolutions, in float32 and packed, beside libtorch: interleaved in this process.</summary>
/// <param name="sampler">How samples are taken.</param>
/// <param name="torch">libtorch.</param>
/// <param name="bits">Planes of the packed weights.</param>
internal sealed class LayerBench(Sampler sampler, TorchLibrary torch, int bits)
{
    /// <summary>A layer: seconds of one call in float32, packed and of libtorch.</summary>
    /// <param name="shape">The layer.</param>
    /// <param name="images">Images of a call.</param>
    public LayerLine Measure(LayerShape shape, int images)
    {
        var rows = shape.Outputs / shape.Groups;
        var input = Torch.Tensor(RandomMatrix.Inputs(images * shape.Channels * shape.Side * shape.Side, 1)).Reshape(images, shape.Channels, shape.Side, shape.Side);
        var dense = Layer();
        dense.Weight.Fill(RandomMatrix.Inputs(shape.Outputs * shape.Depth, 1));
        var packed = Layer();
        packed.Weight.Fill([.. Enumerable.Range(0, shape.Groups).Select(_ => PackedMatrix.Create(RandomMatrix.Create("nested", rows, shape.Depth, bits, 0, bits)))]);
        var measured = sampler.Measure(Contender("float32", dense), Contender("packed", packed), torch.Convolution(shape, images));
        return new LayerLine(shape, images, measured[0].Seconds, measured[1].Seconds, measured[2].Seconds);

        Conv2d Layer() =>
            Nn.Conv2d(shape.Channels, shape.Outputs, shape.Kernel, shape.Stride, shape.Kernel / 2, groups: shape.Groups, bias: false);

        Contender Contender(string name, Conv2d layer) => new(name, () =>
        {
            using var scope = TensorScope.Open();
            _ = layer.Call(input);
        }, 0);
    }
}
