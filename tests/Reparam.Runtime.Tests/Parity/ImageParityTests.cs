using Reparam.Runtime;
using TorchSharp;
using static TorchSharp.torch.nn;
using TorchLayer = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Reparam.Runtime.Tests.Parity;

public class ImageParityTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Every_mode_of_interpolation_agrees_or_refuses_alike(int mode)
    {
        foreach (var shape in new long[][] { [2, 3, 7], [2, 3, 5, 7], [1, 2, 3, 5, 4] })
        {
            var x = Pair.Floats(shape, 2);
            var dims = shape.Length - 2;
            foreach (var (size, factors) in new (long[]? Size, double[]? Factors)[]
            {
                ([3, 9, 5], null), ([7, 7, 7], null), ([1, 4, 12], null), (null, [2, 2, 2]), (null, [1.7, 0.6, 2.3]), (null, [0.5, 1, 1.3]),
            })
            {
                var (sizes, scales) = (size?[..dims], factors?[..dims]);
                foreach (var align in new bool?[] { null, true, false })
                {
                    foreach (var (recompute, smooth) in new[] { (false, false), (true, false), (false, true) })
                    {
                        Compare.SameOrRefused(
                            () => functional.interpolate(x.Theirs, sizes, scales, (torch.InterpolationMode)mode, align, recompute, smooth),
                            () => Functional.Interpolate(x.Ours, sizes, scales, (InterpolationMode)mode, align, recompute, smooth), 2e-5, 2e-5,
                            $"{(InterpolationMode)mode} of {string.Join(",", shape)} to {string.Join(",", sizes ?? [])} by {string.Join(",", scales ?? [])}, {align}, {recompute}, {smooth}");
                    }
                }
            }
        }
    }

    [Fact]
    public void Layers_agree_or_refuse_alike()
    {
        var layers = new (TorchLayer Theirs, Module<Tensor, Tensor> Ours)[]
        {
            (Upsample(scale_factor: [2, 2]), Nn.Upsample(scale_factor: [2, 2])),
            (Upsample([5, 7], mode: torch.UpsampleMode.Bilinear, align_corners: true), Nn.Upsample([5, 7], mode: UpsampleMode.Bilinear, align_corners: true)),
            (Upsample(scale_factor: [1.5, 2.5], mode: torch.UpsampleMode.Bicubic), Nn.Upsample(scale_factor: [1.5, 2.5], mode: UpsampleMode.Bicubic)),
            (Upsample(scale_factor: [3], mode: torch.UpsampleMode.Linear, recompute_scale_factor: true), Nn.Upsample(scale_factor: [3], mode: UpsampleMode.Linear, recompute_scale_factor: true)),
            (PixelShuffle(2), Nn.PixelShuffle(2)), (PixelUnshuffle(2), Nn.PixelUnshuffle(2)), (ChannelShuffle(2), Nn.ChannelShuffle(2)),
            (Unfold(2), Nn.Unfold(2)), (Unfold((2, 3), (1, 2), (1, 0), (2, 1)), Nn.Unfold((2, 3), (1, 2), (1, 0), (2, 1))),
            (Unflatten(1, [2, 2]), Nn.Unflatten(1, [2, 2])),
        };
        foreach (var (theirs, ours) in layers)
        {
            foreach (var shape in new long[][] { [2, 4, 4, 6], [4, 4, 6], [2, 4, 6], [1, 4, 5, 7] })
            {
                var x = Pair.Floats(shape, 3);
                Compare.SameOrRefused(() => theirs.call(x.Theirs), () => ours.Call(x.Ours), 1e-5, 1e-5, $"{ours.GetName()} of {string.Join(",", shape)}");
            }
        }

        var columns = Pair.Floats([2, 12, 20]);
        Compare.Same(Fold((5, 6), (2, 2)).call(columns.Theirs), Nn.Fold((5, 6), (2, 2)).Call(columns.Ours), 1e-5, 1e-5);
        Compare.Same(
            Fold((4, 5), (2, 3), (1, 1), (1, 1), (1, 1)).call(Pair.Floats([6, 25]).Theirs), Nn.Fold((4, 5), (2, 3), (1, 1), (1, 1), (1, 1)).Call(Pair.Floats([6, 25]).Ours),
            1e-5, 1e-5);
        var row = Pair.Floats([2, 3, 5]);
        Compare.Same(functional.upsample_nearest1d(row.Theirs, 8, null), Functional.UpsampleNearest1d(row.Ours, 8, null));
        var image = Pair.Floats([1, 2, 3, 4]);
        Compare.Same(functional.upsample_nearest2d(image.Theirs, null, [1.7, 2.3]), Functional.UpsampleNearest2d(image.Ours, default, [1.7, 2.3]));
        Compare.Same(functional.upsample_bilinear(image.Theirs, [5, 6]), Functional.UpsampleBilinear(image.Ours, [5, 6]), 1e-5, 1e-5);
    }
}
