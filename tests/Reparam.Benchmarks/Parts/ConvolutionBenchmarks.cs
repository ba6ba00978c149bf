using BenchmarkDotNet.Attributes;
using Reparam.Benchmarks.Kernels;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime;
using Reparam.Runtime.Packed;
using TorchSharp;

namespace Reparam.Benchmarks.Parts;

/// <summary>Convolutions of one image 56 × 56 with 3 × 3 and 1 × 1 kernels: packed at 3 bits in groups of 32, in float32, and by libtorch.</summary>
public class ConvolutionBenchmarks
{
    private const int Size = 56;

    private Tensor image = null!;
    private Conv2d dense = null!;
    private Conv2d packed = null!;
    private torch.Tensor torchImage = null!;
    private TorchSharp.Modules.Conv2d torchLayer = null!;

    /// <summary>Channels, outputs, kernel side, stride and groups.</summary>
    [Params("64 64 3 1 1", "64 128 3 2 1", "64 256 1 1 1", "128 128 3 1 128", "128 128 3 1 8", "3 16 3 1 1")]
    public string Layer { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        torch.set_num_threads(PackedKernels.Threads);
        var parts = Layer.Split(' ').Select(int.Parse).ToArray();
        var (channels, outputs, kernel, stride, groups) = (parts[0], parts[1], parts[2], parts[3], parts[4]);
        var depth = channels / groups * kernel * kernel;
        var pixels = RandomMatrix.Inputs(channels * Size * Size, 1);
        image = Torch.Tensor(pixels, [1L, channels, Size, Size]);
        dense = Nn.Conv2d(channels, outputs, kernel, stride, kernel / 2, groups: groups, bias: false);
        dense.Weight.Fill(RandomMatrix.Inputs(outputs * depth, 1));
        packed = Nn.Conv2d(channels, outputs, kernel, stride, kernel / 2, groups: groups, bias: false);
        packed.Weight.Fill([.. Enumerable.Range(0, groups).Select(_ => PackedMatrix.Create(RandomMatrix.Create("row", outputs / groups, depth, 3, 32, 3)))]);
        torchImage = torch.tensor(pixels, [1, channels, Size, Size]);
        torchLayer = torch.nn.Conv2d(channels, outputs, kernel, stride, kernel / 2, groups: groups, bias: false);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        torchImage.Dispose();
        torchLayer.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Float32()
    {
        using var scope = TensorScope.Open();
        dense.Call(image);
    }

    [Benchmark]
    public void Libtorch()
    {
        using var scope = torch.no_grad();
        using var result = torchLayer.call(torchImage);
    }

    [Benchmark]
    public void Packed3()
    {
        using var scope = TensorScope.Open();
        packed.Call(image);
    }
}
