using BenchmarkDotNet.Attributes;
using Reparam.Benchmarks.Kernels;
using Reparam.Runtime;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Reparam.Benchmarks.Parts;

/// <summary>Pooling and normalization of one image of 64 channels, 56 × 56, and of 128 rows of 768, beside libtorch.</summary>
public class ImageLayerBenchmarks
{
    private readonly Dictionary<string, (Action Ours, Action Theirs)> operations = [];

    /// <summary>The operation.</summary>
    [Params("max 3x3 by 2", "max 2x2 by 2", "average 3x3 by 1", "global average", "batch norm", "layer norm")]
    public string Operation { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        torch.set_num_threads(1);
        var values = RandomMatrix.Inputs(64 * 56 * 56, 1);
        var (image, theirImage) = (Torch.Tensor(values, [1L, 64, 56, 56]), torch.tensor(values, [1, 64, 56, 56]));
        var rows = RandomMatrix.Inputs(128 * 768, 1);
        var (matrix, theirMatrix) = (Torch.Tensor(rows, 128, 768), torch.tensor(rows, 128, 768));
        var (channel, theirChannel) = (Torch.Ones(64), torch.ones(64));
        var (column, theirColumn) = (Torch.Ones(768), torch.ones(768));
        operations["max 3x3 by 2"] = (() => Functional.MaxPool2d(image, 3, 2, 1), () => functional.max_pool2d(theirImage, 3, 2, 1).Dispose());
        operations["max 2x2 by 2"] = (() => Functional.MaxPool2d(image, 2), () => functional.max_pool2d(theirImage, 2).Dispose());
        operations["average 3x3 by 1"] = (() => Functional.AvgPool2d(image, 3, 1, 1), () => functional.avg_pool2d(theirImage, 3, 1, 1).Dispose());
        operations["global average"] = (() => Functional.AdaptiveAvgPool2d(image, 1), () => functional.adaptive_avg_pool2d(theirImage, 1).Dispose());
        operations["batch norm"] = (
            () => Functional.BatchNorm(image, channel, channel, channel, channel),
            () => functional.batch_norm(theirImage, theirChannel, theirChannel, theirChannel, theirChannel).Dispose());
        operations["layer norm"] = (
            () => Functional.LayerNorm(matrix, [768], column, column), () => functional.layer_norm(theirMatrix, [768], theirColumn, theirColumn).Dispose());
    }

    [Benchmark]
    public void Reparam()
    {
        using var scope = TensorScope.Open();
        operations[Operation].Ours();
    }

    [Benchmark(Baseline = true)]
    public void Libtorch()
    {
        using var scope = torch.no_grad();
        operations[Operation].Theirs();
    }
}
