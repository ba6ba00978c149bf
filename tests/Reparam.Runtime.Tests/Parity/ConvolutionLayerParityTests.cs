using Reparam.Runtime;
using TorchSharp;
using static TorchSharp.torch.nn;
using Padding = Reparam.Runtime.Padding;
using PaddingModes = Reparam.Runtime.PaddingModes;
using TorchLayer = TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>;
using TorchModes = TorchSharp.PaddingModes;

namespace Reparam.Runtime.Tests.Parity;

public class ConvolutionLayerParityTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_padding_mode_agrees(int mode)
    {
        var (theirs, ours) = ((TorchModes)mode, (PaddingModes)mode);
        Agree(Conv1d(4, 6, 3, stride: 2, padding: 2, padding_mode: theirs, groups: 2), Nn.Conv1d(4, 6, 3, stride: 2, padding: 2, padding_mode: ours, groups: 2), [2, 4, 9]);
        Agree(Conv1d(4, 6, 4, TorchSharp.Padding.Same, dilation: 2, padding_mode: theirs), Nn.Conv1d(4, 6, 4, Padding.Same, dilation: 2, padding_mode: ours), [4, 11]);
        Agree(Conv2d(4, 6, 3, stride: 2, padding: 1, padding_mode: theirs, bias: false), Nn.Conv2d(4, 6, 3, stride: 2, padding: 1, padding_mode: ours, bias: false), [2, 4, 7, 6]);
        Agree(
            Conv2d(4, 6, (3, 5), (1, 2), (1, 3), (2, 1), theirs, 2), Nn.Conv2d(4, 6, (3, 5), (1, 2), (1, 3), (2, 1), ours, 2), [4, 7, 6]);
        Agree(
            Conv2d(4, 6, (3, 2), TorchSharp.Padding.Same, padding_mode: theirs), Nn.Conv2d(4, 6, (3, 2), Padding.Same, padding_mode: ours), [2, 4, 7, 6]);
        Agree(Conv3d(4, 6, 3, padding: 1, padding_mode: theirs), Nn.Conv3d(4, 6, 3, padding: 1, padding_mode: ours), [2, 4, 3, 5, 4]);
    }

    [Fact]
    public void Convolutions_of_volumes_agree()
    {
        Agree(Conv3d(4, 6, 2), Nn.Conv3d(4, 6, 2), [2, 4, 3, 5, 4]);
        Agree(Conv3d(4, 6, 1, stride: 2), Nn.Conv3d(4, 6, 1, stride: 2), [4, 3, 5, 4]);
        Agree(Conv3d(4, 40, 3, stride: 2, padding: 2, dilation: 2, groups: 2, bias: false), Nn.Conv3d(4, 40, 3, stride: 2, padding: 2, dilation: 2, groups: 2, bias: false), [2, 4, 6, 7, 5]);
        Agree(
            Conv3d(4, 6, (1, 2, 3), (3, 2, 1), (0, 1, 2), (1, 2, 1)), Nn.Conv3d(4, 6, (1, 2, 3), (3, 2, 1), (0, 1, 2), (1, 2, 1)), [2, 4, 6, 7, 5]);
        Agree(Conv3d(4, 4, (3, 2, 1), TorchSharp.Padding.Same), Nn.Conv3d(4, 4, (3, 2, 1), Padding.Same), [2, 4, 6, 7, 5]);
    }

    [Fact]
    public void Transposed_convolutions_agree()
    {
        Agree(ConvTranspose1d(4, 6, 3), Nn.ConvTranspose1d(4, 6, 3), [2, 4, 7]);
        Agree(ConvTranspose1d(4, 6, 4, 2, 1, 1, 2, groups: 2), Nn.ConvTranspose1d(4, 6, 4, 2, 1, 1, 2, groups: 2), [4, 7]);
        Agree(ConvTranspose2d(4, 6, 2, 2), Nn.ConvTranspose2d(4, 6, 2, 2), [2, 4, 5, 6]);
        Agree(ConvTranspose2d(4, 6, 4, 2, 1, bias: false), Nn.ConvTranspose2d(4, 6, 4, 2, 1, bias: false), [2, 4, 5, 6]);
        Agree(ConvTranspose2d(40, 33, 3, 1, 1), Nn.ConvTranspose2d(40, 33, 3, 1, 1), [40, 17, 19]);
        Agree(
            ConvTranspose2d(4, 6, (3, 2), (2, 3), (1, 0), (1, 2), (1, 2), groups: 2), Nn.ConvTranspose2d(4, 6, (3, 2), (2, 3), (1, 0), (1, 2), (1, 2), groups: 2),
            [2, 4, 5, 6]);
        Agree(ConvTranspose2d(4, 6, 3, 1, 5), Nn.ConvTranspose2d(4, 6, 3, 1, 5), [2, 4, 5, 6]);
        Agree(ConvTranspose2d(4, 6, 3, 2, 0, 2), Nn.ConvTranspose2d(4, 6, 3, 2, 0, 2), [2, 4, 5, 6]);
        Agree(ConvTranspose3d(4, 6, 3, 2, 1, 1), Nn.ConvTranspose3d(4, 6, 3, 2, 1, 1), [2, 4, 3, 5, 4]);
        Agree(
            ConvTranspose3d(4, 6, (3, 2, 1), (2, 1, 3), (1, 1, 0), (0, 0, 2)), Nn.ConvTranspose3d(4, 6, (3, 2, 1), (2, 1, 3), (1, 1, 0), (0, 0, 2)),
            [4, 3, 5, 4]);

        var (theirs, ours) = (ConvTranspose2d(4, 6, 3, 2, 1), Nn.ConvTranspose2d(4, 6, 3, 2, 1));
        LayerPair.Share(theirs, ours);
        var x = Pair.Floats([2, 4, 5, 6]);
        Compare.SameOrRefused(() => theirs.forward(x.Theirs, [10, 12]), () => ours.Forward(x.Ours, [10, 12]), 1e-4, 1e-4);
        Compare.SameOrRefused(() => theirs.forward(x.Theirs, [10, 14]), () => ours.Forward(x.Ours, [10, 14]), 1e-4, 1e-4);
        Assert.Throws<ArgumentException>(() => Nn.ConvTranspose2d(4, 6, 3, padding_mode: PaddingModes.Reflect));
    }

    [Fact]
    public void Functions_agree()
    {
        var (row, image, volume) = (Pair.Floats([2, 4, 9]), Pair.Floats([2, 4, 9, 8]), Pair.Floats([2, 4, 5, 6, 7]));
        var (kernel1, kernel2, kernel3) = (Pair.Floats([6, 4, 3], 2), Pair.Floats([6, 4, 3, 2], 3), Pair.Floats([6, 4, 2, 3, 2], 4));
        var (back1, back2, back3) = (Pair.Floats([4, 6, 3], 2), Pair.Floats([4, 6, 3, 2], 3), Pair.Floats([4, 6, 2, 3, 2], 4));
        Compare.Same(
            functional.conv1d_padding(row.Theirs, kernel1.Theirs, padding: TorchSharp.Padding.Same, dilation: 2),
            Functional.Conv1dPadding(row.Ours, kernel1.Ours, padding: Padding.Same, dilation: 2), 1e-4, 1e-4);
        Compare.Same(
            functional.conv2d_padding(image.Theirs, kernel2.Theirs, padding: TorchSharp.Padding.Same),
            Functional.Conv2dPadding(image.Ours, kernel2.Ours, padding: Padding.Same), 1e-4, 1e-4);
        Compare.Same(
            functional.conv3d(volume.Theirs, kernel3.Theirs, strides: [1, 2, 1], padding: [1, 0, 1]),
            Functional.Conv3d(volume.Ours, kernel3.Ours, strides: [1, 2, 1], padding: [1, 0, 1]), 1e-4, 1e-4);
        Compare.Same(
            functional.conv_transpose1d(row.Theirs, back1.Theirs, stride: 2, padding: 1), Functional.ConvTranspose1d(row.Ours, back1.Ours, stride: 2, padding: 1),
            1e-4, 1e-4);
        Compare.Same(
            functional.conv_transpose2d(image.Theirs, back2.Theirs, strides: [2, 2], output_padding: [1, 0]),
            Functional.ConvTranspose2d(image.Ours, back2.Ours, strides: [2, 2], output_padding: [1, 0]), 1e-4, 1e-4);
        Compare.Same(functional.conv_transpose3d(volume.Theirs[0], back3.Theirs), Functional.ConvTranspose3d(volume.Ours[0], back3.Ours), 1e-4, 1e-4);
    }

    // libtorch 2.10 gives wrong sums for a batch of several elements and stride 1 in a transposed convolution (a batch of one is right).
    private static torch.Tensor ByElement(TorchLayer theirs, Module<Tensor, Tensor> ours, torch.Tensor x) =>
        ours is ConvolutionTranspose transposed && x.ndim == transposed.KernelSize.Length + 2
            ? torch.cat(x.split(1).Select(theirs.call).ToList())
            : theirs.call(x);

    private static void Agree(TorchLayer theirs, Module<Tensor, Tensor> ours, long[] shape)
    {
        LayerPair.Share(theirs, ours);
        var x = Pair.Floats(shape, 5);
        Compare.SameOrRefused(() => ByElement(theirs, ours, x.Theirs), () => ours.Call(x.Ours), 1e-4, 1e-4, $"{ours.GetName()} of {string.Join(",", shape)}");
        if (shape.Length > 3)
        {
            var mirrored = x.Map(t => t.transpose(-1, -2), t => t.Transpose(-1, -2));
            Compare.SameOrRefused(
                () => ByElement(theirs, ours, mirrored.Theirs), () => ours.Call(mirrored.Ours), 1e-4, 1e-4, $"{ours.GetName()} of {string.Join(",", shape)}, transposed");
        }
    }
}
