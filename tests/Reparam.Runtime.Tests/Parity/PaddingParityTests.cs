using Reparam.Runtime;
using TorchSharp;
using static TorchSharp.torch.nn;
using TorchLayer = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;

namespace Reparam.Runtime.Tests.Parity;

public class PaddingParityTests
{
    private static readonly long[][] Pads = [[1], [1, 1], [2, 0], [0, 3], [-1, 2], [1, -1], [1, 2, 0, 1], [0, 0, 2, 1], [-1, 0, 2, -1], [1, 0, 2, 1, 0, 1], [3, 3, 3, 3, 3, 3]];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Pad_agrees_or_refuses_alike(int mode)
    {
        foreach (var shape in new long[][] { [5], [3, 4], [2, 3, 4], [2, 3, 4, 5], [2, 2, 3, 4, 5], [2, 0, 3] })
        {
            foreach (var x in Pair.Floats(shape, ugly: true).Layouts())
            {
                foreach (var pad in Pads)
                {
                    if (mode == 3 && pad.Min() < 0 && shape.Min() < 3)
                    {
                        // libtorch copies elements that it has not set.
                        continue;
                    }

                    var value = mode is 0 or 4 ? 2.5 : 0;
                    Compare.SameOrRefused(
                        () => functional.pad(x.Theirs, pad, (TorchSharp.PaddingModes)mode, value), () => Functional.Pad(x.Ours, pad, (PaddingModes)mode, value),
                        because: $"{string.Join(",", shape)} by {string.Join(",", pad)}, {(PaddingModes)mode}");
                }
            }
        }

        var integers = Pair.Integers([2, 3]);
        Compare.SameOrRefused(
            () => functional.pad(integers.Theirs, (1, 2), (TorchSharp.PaddingModes)mode), () => Functional.Pad(integers.Ours, (1, 2), (PaddingModes)mode));
        Compare.SameOrRefused(
            () => functional.pad(integers.Theirs, 1, (TorchSharp.PaddingModes)mode), () => Functional.Pad(integers.Ours, 1, (PaddingModes)mode));
        Compare.SameOrRefused(
            () => functional.pad(integers.Theirs, (1, 2, 0, 1), (TorchSharp.PaddingModes)mode), () => Functional.Pad(integers.Ours, (1, 2, 0, 1), (PaddingModes)mode));
    }

    [Fact]
    public void Layers_agree()
    {
        var layers = new (TorchLayer Theirs, Module<Tensor, Tensor> Ours)[]
        {
            (ConstantPad1d(2, 3.5), Nn.ConstantPad1d(2, 3.5)), (ConstantPad1d((1, -1), 3.5), Nn.ConstantPad1d((1, -1), 3.5)),
            (ConstantPad2d(2, 3.5), Nn.ConstantPad2d(2, 3.5)), (ConstantPad2d((1, 0, 2, 3), 3.5), Nn.ConstantPad2d((1, 0, 2, 3), 3.5)),
            (ConstantPad3d(2, 3.5), Nn.ConstantPad3d(2, 3.5)), (ConstantPad3d((1, 0, 2, 3, 1, 1), 3.5), Nn.ConstantPad3d((1, 0, 2, 3, 1, 1), 3.5)),
            (ReflectionPad1d(2), Nn.ReflectionPad1d(2)), (ReflectionPad1d((1, 2)), Nn.ReflectionPad1d((1, 2))),
            (ReflectionPad2d(1), Nn.ReflectionPad2d(1)), (ReflectionPad2d((1, 2, 0, 1)), Nn.ReflectionPad2d((1, 2, 0, 1))),
            (ReflectionPad3d(1), Nn.ReflectionPad3d(1)), (ReflectionPad3d((1, 2, 0, 1, 1, 0)), Nn.ReflectionPad3d((1, 2, 0, 1, 1, 0))),
            (ReplicationPad1d(2), Nn.ReplicationPad1d(2)), (ReplicationPad1d((1, 5)), Nn.ReplicationPad1d((1, 5))),
            (ReplicationPad2d(1), Nn.ReplicationPad2d(1)), (ReplicationPad2d((1, 2, 0, 1)), Nn.ReplicationPad2d((1, 2, 0, 1))),
            (ReplicationPad3d(1), Nn.ReplicationPad3d(1)), (ReplicationPad3d((1, 2, 0, 1, 1, 0)), Nn.ReplicationPad3d((1, 2, 0, 1, 1, 0))),
            (ZeroPad2d(2), Nn.ZeroPad2d(2)), (ZeroPad2d((1, 0, 2, 3)), Nn.ZeroPad2d((1, 0, 2, 3))),
        };
        foreach (var (theirs, ours) in layers)
        {
            foreach (var shape in new long[][] { [4, 5], [2, 4, 5], [2, 3, 4, 5], [2, 2, 3, 4, 5] })
            {
                var x = Pair.Floats(shape);
                Compare.SameOrRefused(() => theirs.call(x.Theirs), () => ours.Call(x.Ours), because: $"{ours.GetName()} of {shape.Length} dimensions");
            }
        }
    }
}
