using System.Globalization;

namespace Reparam.Benchmarks.Images;

/// <summary>A two-dimensional convolution of a square image with a square kernel, padded by half of it.</summary>
/// <param name="Channels">Channels of the image.</param>
/// <param name="Outputs">Channels of the result.</param>
/// <param name="Side">Rows and columns of the image.</param>
/// <param name="Kernel">Rows and columns of the kernel: an odd number.</param>
/// <param name="Stride">Steps.</param>
/// <param name="Groups">Groups of channels.</param>
internal readonly record struct LayerShape(int Channels, int Outputs, int Side, int Kernel = 3, int Stride = 1, int Groups = 1)
{
    /// <summary>The layers of ResNet-20 for pictures of 32 x 32.</summary>
    public static LayerShape[] ResNet20 { get; } =
        [new(3, 16, 32), new(16, 16, 32), new(16, 32, 32, Stride: 2), new(32, 32, 16), new(32, 64, 16, Stride: 2), new(64, 64, 8)];

    /// <summary>Some of ResNet-18 and of MobileNet.</summary>
    public static LayerShape[] Larger { get; } =
    [
        new(3, 64, 112, Kernel: 7, Stride: 2), new(64, 64, 56), new(64, 128, 56, Stride: 2), new(128, 128, 28), new(256, 256, 14), new(512, 512, 7),
        new(64, 128, 56, Kernel: 1, Stride: 2), new(64, 128, 56, Kernel: 1), new(256, 512, 14, Kernel: 1), new(64, 64, 56, Groups: 64),
        new(256, 256, 14, Groups: 256), new(128, 128, 56, Stride: 2, Groups: 128),
    ];

    /// <summary>Inputs of an output.</summary>
    public int Depth => Channels / Groups * Kernel * Kernel;

    /// <summary>Rows and columns of the result.</summary>
    public int OutSide => ((Side - 1) / Stride) + 1;

    /// <summary>Multiplications and additions of one image.</summary>
    public double Operations => 2.0 * Outputs * Depth * OutSide * OutSide;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Channels} to {Outputs}, {Kernel}x{Kernel}, {Side}x{Side}{(Stride > 1 ? $", stride {Stride}" : "")}{(Groups > 1 ? $", {Groups} groups" : "")}");
}
