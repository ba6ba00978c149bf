using Reparam.Runtime;
using TorchSharp;
using static TorchSharp.torch.nn;
using TorchLayer = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Reparam.Runtime.Tests.Parity;

public class NormalizationLayerParityTests
{
    private static readonly (TorchLayer Theirs, Module<Tensor, Tensor> Ours)[] Layers =
    [
        (GroupNorm(2, 6), Nn.GroupNorm(2, 6)), (GroupNorm(6, 6, 1e-3), Nn.GroupNorm(6, 6, 1e-3)), (GroupNorm(1, 6, affine: false), Nn.GroupNorm(1, 6, affine: false)),
        (InstanceNorm1d(6), Nn.InstanceNorm1d(6)), (InstanceNorm1d(6, affine: true), Nn.InstanceNorm1d(6, affine: true)),
        (InstanceNorm2d(6), Nn.InstanceNorm2d(6)), (InstanceNorm2d(6, affine: true, track_running_stats: true), Nn.InstanceNorm2d(6, affine: true, track_running_stats: true)),
        (InstanceNorm3d(6, track_running_stats: true), Nn.InstanceNorm3d(6, track_running_stats: true)),
        (BatchNorm1d(6), Nn.BatchNorm1d(6)), (BatchNorm1d(6, affine: false), Nn.BatchNorm1d(6, affine: false)),
        (BatchNorm2d(6, track_running_stats: false), Nn.BatchNorm2d(6, track_running_stats: false)),
        (BatchNorm3d(6), Nn.BatchNorm3d(6)), (BatchNorm3d(6, affine: false, track_running_stats: false), Nn.BatchNorm3d(6, affine: false, track_running_stats: false)),
        (LocalResponseNorm(3), Nn.LocalResponseNorm(3)), (LocalResponseNorm(4, 0.1, 0.5, 2), Nn.LocalResponseNorm(4, 0.1, 0.5, 2)),
        (LayerNorm(5), Nn.LayerNorm(5)), (LayerNorm([6, 5], bias: false), Nn.LayerNorm([6, 5], bias: false)),
    ];

    [Fact]
    public void Layers_agree_or_refuse_alike()
    {
        foreach (var (theirs, ours) in Layers)
        {
            LayerPair.Share(theirs, ours);
            foreach (var shape in new long[][] { [6], [3, 6], [6, 5], [3, 6, 5], [3, 6, 4, 5], [2, 6, 3, 4, 5], [6, 3, 4, 5], [2, 4, 5] })
            {
                var x = Pair.Floats(shape, 3, scale: 2).Map(t => t + 1, t => t + 1);
                Compare.SameOrRefused(() => theirs.call(x.Theirs), () => ours.Call(x.Ours), 2e-5, 2e-5, $"{ours.GetName()} of {string.Join(",", shape)}");
            }
        }
    }

    [Fact]
    public void Functions_agree()
    {
        var x = Pair.Floats([3, 6, 4, 5], 1, scale: 3);
        var (weight, bias) = (Pair.Floats([6], 2), Pair.Floats([6], 3));
        var (mean, variance) = (Pair.Floats([6], 4), Pair.Floats([6], 5).Map(t => t.square() + 0.1, t => t.Square() + 0.1));
        Compare.Same(functional.group_norm(x.Theirs, 3), Functional.GroupNorm(x.Ours, 3), 1e-5, 1e-5);
        Compare.Same(
            functional.group_norm(x.Theirs, 2, weight.Theirs, bias.Theirs, 1e-3), Functional.GroupNorm(x.Ours, 2, weight.Ours, bias.Ours, 1e-3), 1e-5, 1e-5);
        Compare.Same(functional.instance_norm(x.Theirs), Functional.InstanceNorm(x.Ours), 1e-5, 1e-5);
        Compare.Same(
            functional.instance_norm(x.Theirs, mean.Theirs, variance.Theirs, weight.Theirs, bias.Theirs, use_input_stats: false),
            Functional.InstanceNorm(x.Ours, mean.Ours, variance.Ours, weight.Ours, bias.Ours, use_input_stats: false), 1e-5, 1e-5);
        Compare.Same(functional.local_response_norm(x.Theirs, 2), Functional.LocalResponseNorm(x.Ours, 2), 1e-5, 1e-5);
        Compare.Same(
            functional.batch_norm(x.Theirs, mean.Theirs.clone(), variance.Theirs.clone(), training: true),
            Functional.BatchNorm(x.Ours, mean.Ours, variance.Ours, training: true), 1e-5, 1e-5);
        Assert.Throws<ArgumentException>(() => Functional.GroupNorm(x.Ours, 4));
    }
}
