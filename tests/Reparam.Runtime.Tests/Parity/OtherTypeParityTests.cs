using Reparam.Runtime;
using TorchSharp;
using Theirs = TorchSharp.torch.nn.functional;

namespace Reparam.Runtime.Tests.Parity;

/// <summary>Convolutions, norms and pooling in double precision and in half types.</summary>
public class OtherTypeParityTests
{
    public static TheoryData<string> Types => ["Float64", "Float16", "BFloat16"];

    [Theory]
    [MemberData(nameof(Types))]
    public void Convolutions_agree(string type)
    {
        foreach (var groups in new[] { 1, 2 })
        {
            var (x, w, b) = (Floats(type, [2, 4, 9], 1), Floats(type, [6, 4 / groups, 3], 2), Floats(type, [6], 3));
            Same(
                Theirs.conv1d(x.Theirs, w.Theirs, b.Theirs, 2, 1, 2, groups), Functional.Conv1d(x.Ours, w.Ours, b.Ours, 2, 1, 2, groups), type);
            (x, w) = (Floats(type, [2, 4, 7, 6], 4), Floats(type, [6, 4 / groups, 3, 2], 5));
            Same(
                Theirs.conv2d(x.Theirs, w.Theirs, b.Theirs, [2, 1], [1, 0], [1, 2], groups),
                Functional.Conv2d(x.Ours, w.Ours, b.Ours, [2, 1], [1, 0], [1, 2], groups), type);
            Same(Theirs.conv2d(x.Theirs[0], w.Theirs, groups: groups), Functional.Conv2d(x.Ours[0], w.Ours, groups: groups), type);
            (x, w) = (Floats(type, [2, 4, 4, 5, 6], 6), Floats(type, [6, 4 / groups, 2, 3, 2], 7));
            Same(
                Theirs.conv3d(x.Theirs, w.Theirs, b.Theirs, [1, 2, 1], [1, 1, 0], [2, 1, 1], groups),
                Functional.Conv3d(x.Ours, w.Ours, b.Ours, [1, 2, 1], [1, 1, 0], [2, 1, 1], groups), type);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Transposed_convolutions_agree(string type)
    {
        foreach (var groups in new[] { 1, 2 })
        {
            var (x, w, b) = (Floats(type, [2, 4, 5], 1), Floats(type, [4, 3, 3], 2), Floats(type, [3 * groups], 3));
            Same(
                Theirs.conv_transpose1d(x.Theirs, w.Theirs, b.Theirs, 2, 1, 1, 1, groups),
                Functional.ConvTranspose1d(x.Ours, w.Ours, b.Ours, 2, 1, 1, 1, groups), type);
            (x, w) = (Floats(type, [2, 4, 4, 3], 4), Floats(type, [4, 3, 3, 2], 5));
            Same(
                Theirs.conv_transpose2d(x.Theirs, w.Theirs, b.Theirs, [2, 1], [1, 0], [1, 0], [1, 2], groups),
                Functional.ConvTranspose2d(x.Ours, w.Ours, b.Ours, [2, 1], [1, 0], [1, 0], [1, 2], groups), type);
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Norms_agree(string type)
    {
        var (x, w, b, v) = (Floats(type, [3, 4, 5], 1), Floats(type, [4], 2), Floats(type, [4], 3), Floats(type, [4], 4).Map(t => t.abs() + 0.5, t => t.Abs().Add(0.5)));
        var (rowWeight, rowBias) = (Floats(type, [4, 5], 5), Floats(type, [4, 5], 6));
        Same(Theirs.layer_norm(x.Theirs, [4, 5], rowWeight.Theirs, rowBias.Theirs), Functional.LayerNorm(x.Ours, [4, 5], rowWeight.Ours, rowBias.Ours), type);
        Same(Theirs.layer_norm(x.Theirs, [5]), Functional.LayerNorm(x.Ours, [5]), type);
        Same(Theirs.group_norm(x.Theirs, 2, w.Theirs, b.Theirs), Functional.GroupNorm(x.Ours, 2, w.Ours, b.Ours), type);
        Same(Theirs.instance_norm(x.Theirs, weight: w.Theirs, bias: b.Theirs), Functional.InstanceNorm(x.Ours, weight: w.Ours, bias: b.Ours), type);
        Same(Theirs.batch_norm(x.Theirs, b.Theirs, v.Theirs, w.Theirs, b.Theirs), Functional.BatchNorm(x.Ours, b.Ours, v.Ours, w.Ours, b.Ours), type);
        Same(
            Theirs.batch_norm(x.Theirs, b.Theirs.clone(), v.Theirs.clone(), w.Theirs, b.Theirs, true),
            Functional.BatchNorm(x.Ours, b.Ours, v.Ours, w.Ours, b.Ours, true), type);
        Same(Theirs.local_response_norm(x.Theirs, 3), Functional.LocalResponseNorm(x.Ours, 3), type);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Pooling_agrees(string type)
    {
        var (line, image, volume) = (Floats(type, [2, 3, 11], 1), Floats(type, [2, 3, 9, 8], 2), Floats(type, [2, 2, 5, 6, 7], 3));
        Same(Theirs.max_pool1d(line.Theirs, 3, 2, 1), Functional.MaxPool1d(line.Ours, 3, 2, 1), type);
        Same(Theirs.max_pool2d(image.Theirs, 3, 2, 1, 1, true), Functional.MaxPool2d(image.Ours, 3, 2, 1, 1, true), type);
        var (largest, places) = Theirs.max_pool2d_with_indices(image.Theirs, [2, 3], [2, 2]);
        var (ours, ourPlaces) = Functional.MaxPool2dWithIndices(image.Ours, [2, 3], [2, 2]);
        Same(largest, ours, type);
        Compare.Same(places, ourPlaces);
        Same(Theirs.max_unpool2d(largest, places, [9, 8]), Functional.MaxUnpool2d(ours, ourPlaces, [9, 8]), type);
        Same(Theirs.avg_pool1d(line.Theirs, 3, 2, 1), Functional.AvgPool1d(line.Ours, 3, 2, 1), type);
        Same(Theirs.avg_pool2d(image.Theirs, 3, 2, 1, true, false), Functional.AvgPool2d(image.Ours, 3, 2, 1, true, false), type);
        Same(Theirs.avg_pool3d(volume.Theirs, [2, 2, 3]), Functional.AvgPool3d(volume.Ours, [2, 2, 3]), type);
        Same(Theirs.adaptive_avg_pool2d(image.Theirs, (4, 3)), Functional.AdaptiveAvgPool2d(image.Ours, (4, 3)), type);
        if (type == "Float64")
        {
            Same(Theirs.max_pool3d(volume.Theirs, [2, 2, 3]), Functional.MaxPool3d(volume.Ours, [2, 2, 3]), type);
        }
    }

    [Fact]
    public void A_layer_of_single_precision_takes_half_inputs()
    {
        var layer = Fill.Randomly(Nn.Conv2d(3, 4, 3));
        var x = Floats("Float16", [1, 3, 6, 6], 1).Ours;
        Assert.Equal(DType.Float16, layer.Forward(x).Dtype);
        Compare.Close(layer.Forward(x.Float()).ToArray<float>(), layer.Forward(x).Float().ToArray<float>(), 1e-3, 1e-3);
    }

    [Fact]
    public void Integers_are_refused()
    {
        var x = Torch.Zeros([1, 2, 4, 4], DType.Int64);
        Assert.Throws<InvalidOperationException>(() => Functional.Conv2d(x, Torch.Zeros([2, 2, 1, 1], DType.Int64)));
        Assert.Throws<InvalidOperationException>(() => Functional.MaxPool2d(x, 2));
        Assert.Throws<InvalidOperationException>(() => Functional.LayerNorm(x, [4]));
    }

    // Numbers of the type. TorchSharp has them in double precision: its convolutions of half types are wrong for batches, and some functions lack them.
    private static Pair Floats(string type, long[] shape, int seed) => Pair.Floats(shape, seed).Map(
        t => t.to(Enum.Parse<torch.ScalarType>(type)).to(torch.float64), t => t.ToType(Enum.Parse<DType>(type)));

    private static void Same(torch.Tensor theirs, Tensor ours, string type)
    {
        var tolerance = type switch { "Float64" => 1e-11, "Float16" => 2e-3, _ => 1e-2 };
        Compare.Same(theirs.to(Enum.Parse<torch.ScalarType>(type)), ours, tolerance, tolerance, type);
    }
}
