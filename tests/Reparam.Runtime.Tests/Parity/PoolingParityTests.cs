using Reparam.Runtime;
using TorchSharp;
using static TorchSharp.torch.nn;
using TorchLayer = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Reparam.Runtime.Tests.Parity;

public class PoolingParityTests
{
    private static readonly (TorchLayer Theirs, Module<Tensor, Tensor> Ours)[] Layers =
    [
        (MaxPool1d(2), Nn.MaxPool1d(2)), (MaxPool1d(3, 2, 1, 2, true), Nn.MaxPool1d(3, 2, 1, 2, true)),
        (MaxPool2d(2), Nn.MaxPool2d(2)), (MaxPool2d(3, 2, 1), Nn.MaxPool2d(3, 2, 1)), (MaxPool2d((2, 3), (1, 2), (1, 1), (2, 1), true), Nn.MaxPool2d((2, 3), (1, 2), (1, 1), (2, 1), true)),
        (MaxPool2d([2, 3], [1, 2], [0, 1]), Nn.MaxPool2d([2, 3], [1, 2], [0, 1])),
        (MaxPool3d(2), Nn.MaxPool3d(2)), (MaxPool3d((1, 2, 3), (2, 1, 2), (0, 1, 1)), Nn.MaxPool3d((1, 2, 3), (2, 1, 2), (0, 1, 1))),
        (MaxPool3d([2, 2, 2], [1, 1, 1], [1, 0, 1], [1, 2, 1], true), Nn.MaxPool3d([2, 2, 2], [1, 1, 1], [1, 0, 1], [1, 2, 1], true)),
        (AvgPool1d(2), Nn.AvgPool1d(2)), (AvgPool1d(3, 2, 1, true, false), Nn.AvgPool1d(3, 2, 1, true, false)),
        (AvgPool2d(2), Nn.AvgPool2d(2)), (AvgPool2d((2, 3), (1, 2), (1, 1), true, true), Nn.AvgPool2d((2, 3), (1, 2), (1, 1), true, true)),
        (AvgPool2d([3, 2], [2, 1], [1, 0], false, false, 5), Nn.AvgPool2d([3, 2], [2, 1], [1, 0], false, false, 5)),
        (AvgPool3d(2), Nn.AvgPool3d(2)), (AvgPool3d((1, 2, 3), (2, 1, 2), (0, 1, 1), true, false), Nn.AvgPool3d((1, 2, 3), (2, 1, 2), (0, 1, 1), true, false)),
        (AvgPool3d([2, 2, 2], [1, 1, 1], [1, 0, 1], true, true, 3), Nn.AvgPool3d([2, 2, 2], [1, 1, 1], [1, 0, 1], true, true, 3)),
        (AdaptiveAvgPool1d(3), Nn.AdaptiveAvgPool1d(3)), (AdaptiveAvgPool2d(2), Nn.AdaptiveAvgPool2d(2)), (AdaptiveAvgPool2d((3, 4)), Nn.AdaptiveAvgPool2d((3, 4))),
        (AdaptiveAvgPool2d([1, 5]), Nn.AdaptiveAvgPool2d([1, 5])), (AdaptiveAvgPool3d(2), Nn.AdaptiveAvgPool3d(2)),
        (AdaptiveAvgPool3d((1, 2, 3)), Nn.AdaptiveAvgPool3d((1, 2, 3))), (AdaptiveAvgPool3d([3, 1, 2]), Nn.AdaptiveAvgPool3d([3, 1, 2])),
        (AdaptiveMaxPool1d(3), Nn.AdaptiveMaxPool1d(3)), (AdaptiveMaxPool2d([2, 3]), Nn.AdaptiveMaxPool2d([2, 3])),
        (LPPool1d(2, 3), Nn.LPPool1d(2, 3)), (LPPool2d(3, 2, 1), Nn.LPPool2d(3, 2, 1)), (LPPool2d(2, [2, 3]), Nn.LPPool2d(2, [2, 3])),
    ];

    [Fact]
    public void Layers_agree_or_refuse_alike()
    {
        foreach (var (theirs, ours) in Layers)
        {
            foreach (var shape in new long[][] { [3, 7], [2, 3, 7], [2, 3, 8, 7], [2, 2, 5, 6, 7], [3] })
            {
                var x = Pair.Floats(shape, 3, scale: 2);
                if (ours.GetName().StartsWith("LP", StringComparison.Ordinal))
                {
                    x = x.Map(t => t.abs(), t => t.Abs());
                }

                Compare.SameOrRefused(() => theirs.call(x.Theirs), () => ours.Call(x.Ours), 1e-5, 1e-5, $"{ours.GetName()} of {string.Join(",", shape)}");
            }
        }
    }

    [Fact]
    public void Places_of_the_largest_agree_and_lead_back()
    {
        var x = Pair.Floats([2, 3, 7], ugly: true);
        Places(MaxPool1d(3, 2, 1).forward_with_indices(x.Theirs), Nn.MaxPool1d(3, 2, 1).ForwardWithIndices(x.Ours));
        Places(AdaptiveMaxPool1d(3).forward_with_indices(x.Theirs), Nn.AdaptiveMaxPool1d(3).ForwardWithIndices(x.Ours));
        Places(functional.max_pool1d_with_indices(x.Theirs, 2), Functional.MaxPool1dWithIndices(x.Ours, 2));
        x = Pair.Floats([2, 3, 7, 6], ugly: true);
        Places(MaxPool2d(3, 2, 1).forward_with_indices(x.Theirs), Nn.MaxPool2d(3, 2, 1).ForwardWithIndices(x.Ours));
        Places(AdaptiveMaxPool2d([3, 2]).forward_with_indices(x.Theirs), Nn.AdaptiveMaxPool2d([3, 2]).ForwardWithIndices(x.Ours));
        x = Pair.Floats([3, 4, 7, 6], ugly: true);
        Places(MaxPool3d(3, 2, 1).forward_with_indices(x.Theirs), Nn.MaxPool3d(3, 2, 1).ForwardWithIndices(x.Ours));

        // TorchSharp's of three dimensions throws; a volume of depth 1 is an image.
        Compare.Same(
            AdaptiveMaxPool2d([2, 3]).call(x.Theirs[.., 0]), Nn.AdaptiveMaxPool3d([1, 2, 3]).Call(x.Ours[.., 0].Unsqueeze(1).Unsqueeze(1)).Squeeze(1).Squeeze(1));

        x = Pair.Floats([2, 3, 8]);
        var (values, places) = functional.max_pool1d_with_indices(x.Theirs, 2);
        var (ourValues, ourPlaces) = Functional.MaxPool1dWithIndices(x.Ours, 2);
        Compare.Same(MaxUnpool1d(2).call(values, places), Nn.MaxUnpool1d(2).Call(ourValues, ourPlaces));
        Assert.Equal([2, 3, 9], Nn.MaxUnpool1d(2).Call(ourValues, ourPlaces, [9]).Shape.ToArray());
        x = Pair.Floats([2, 3, 8, 6]);
        (values, places) = functional.max_pool2d_with_indices(x.Theirs, [2, 3]);
        (ourValues, ourPlaces) = Functional.MaxPool2dWithIndices(x.Ours, [2, 3]);
        Compare.Same(MaxUnpool2d((2, 3)).call(values, places), Nn.MaxUnpool2d((2, 3)).Call(ourValues, ourPlaces));
        Compare.Same(functional.max_unpool2d(values, places, [2, 3]), Functional.MaxUnpool2d(ourValues, ourPlaces, [2, 3]));
        x = Pair.Floats([2, 3, 4, 8, 6]);
        (values, places) = functional.max_pool3d_with_indices(x.Theirs, [2, 2, 2]);
        (ourValues, ourPlaces) = Functional.MaxPool3dWithIndices(x.Ours, [2, 2, 2]);
        Compare.Same(MaxUnpool3d(2).call(values, places), Nn.MaxUnpool3d(2).Call(ourValues, ourPlaces));
        Assert.Throws<ArgumentException>(() => Functional.MaxUnpool1d(Torch.Zeros(1, 1, 2), Torch.Full([1, 1, 2], 9), 2));
    }

    private static void Places((torch.Tensor Values, torch.Tensor Indices) theirs, (Tensor Values, Tensor Indices) ours)
    {
        Compare.Same(theirs.Values, ours.Values);
        Compare.Same(theirs.Indices, ours.Indices);
    }
}
