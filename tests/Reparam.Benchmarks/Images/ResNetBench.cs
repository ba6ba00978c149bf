using Reparam.Benchmarks.Kernels;
using Reparam.Benchmarks.Measuring;
using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Benchmarks.Images;

/// <summary>Measures ResNet-20 with TorchSharp, as a twin in float32 and as one with coded weights: interleaved in this process.</summary>
/// <param name="sampler">How samples are taken.</param>
/// <param name="models">The models.</param>
internal sealed class ResNetBench(Sampler sampler, ResNetModels models)
{
    private const int Side = 32;

    /// <summary>A batch of pictures.</summary>
    /// <param name="images">Pictures.</param>
    public ResNetLine Measure(int images)
    {
        var pixels = RandomMatrix.Inputs(images * 3 * Side * Side, 1);
        using var theirs = torch.tensor(pixels, [images, 3, Side, Side]);
        var ours = Torch.Tensor(pixels, [(long)images, 3, Side, Side]);
        var difference = Largest(Outputs(models.Dense, ours), Outputs(theirs));
        var measured = sampler.Measure(Twin("float32", models.Dense), Twin("packed", models.Packed), new Contender("TorchSharp", () => Outputs(theirs, copy: false), 0));
        return new ResNetLine(images, measured[0], measured[1], measured[2], difference);

        Contender Twin(string name, Module<Tensor, Tensor> twin) => new(name, () =>
        {
            using var scope = TensorScope.Open();
            _ = twin.Call(ours);
        }, 0);
    }

    private static float[] Outputs(Module<Tensor, Tensor> twin, Tensor pictures) => twin.Call(pictures).ToArray<float>();

    private float[] Outputs(torch.Tensor pictures, bool copy = true)
    {
        using var scope = torch.NewDisposeScope();
        using var mode = torch.no_grad();
        var logits = models.Torch.call(pictures);
        return copy ? logits.data<float>().ToArray() : [];
    }

    private static double Largest(float[] found, float[] expected) =>
        found.Zip(expected, (a, b) => Math.Abs(a - b)).Max() / expected.Max(Math.Abs);
}
