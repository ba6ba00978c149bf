namespace Reparam.Runtime.Tests.Images;

/// <summary>A convolution by its definition, in double precision.</summary>
/// <param name="Channels">Channels of the image.</param>
/// <param name="Height">Rows of the image.</param>
/// <param name="Width">Columns of the image.</param>
/// <param name="Outputs">Channels of the result.</param>
/// <param name="Kernel">Sides of the kernel.</param>
/// <param name="Stride">Steps.</param>
/// <param name="Padding">Zeros on each side.</param>
/// <param name="Dilation">Distances of the kernel's elements.</param>
/// <param name="Groups">Groups of channels.</param>
public sealed record ConvolutionOracle(
    int Channels, int Height, int Width, int Outputs, (int Y, int X) Kernel, (int Y, int X) Stride, (int Y, int X) Padding, (int Y, int X) Dilation, int Groups)
{
    public int OutHeight => ((Height + (2 * Padding.Y) - (Dilation.Y * (Kernel.Y - 1)) - 1) / Stride.Y) + 1;

    public int OutWidth => ((Width + (2 * Padding.X) - (Dilation.X * (Kernel.X - 1)) - 1) / Stride.X) + 1;

    /// <summary>Inputs of an output.</summary>
    public int Depth => Channels / Groups * Kernel.Y * Kernel.X;

    /// <summary>The result, [images, outputs, out height, out width], and for each element the sum of the magnitudes that were added.</summary>
    /// <param name="images">[images, channels, height, width].</param>
    /// <param name="weights">[outputs, depth].</param>
    /// <param name="bias">[outputs].</param>
    public (double Value, double Magnitude)[] Run(float[] images, float[] weights, float[] bias)
    {
        var result = new (double, double)[images.Length / (Channels * Height * Width) * Outputs * OutHeight * OutWidth];
        for (var i = 0; i < result.Length; i++)
        {
            var (x, y, o, n) = (i % OutWidth, i / OutWidth % OutHeight, i / OutWidth / OutHeight % Outputs, i / OutWidth / OutHeight / Outputs);
            var firstChannel = o / (Outputs / Groups) * (Channels / Groups);
            var (value, magnitude) = ((double)bias[o], (double)Math.Abs(bias[o]));
            for (var k = 0; k < Depth; k++)
            {
                var channel = firstChannel + (k / (Kernel.Y * Kernel.X));
                var row = (y * Stride.Y) - Padding.Y + (k / Kernel.X % Kernel.Y * Dilation.Y);
                var column = (x * Stride.X) - Padding.X + (k % Kernel.X * Dilation.X);
                if (row >= 0 && row < Height && column >= 0 && column < Width)
                {
                    var product = (double)weights[(o * Depth) + k] * images[((((n * Channels) + channel) * Height) + row) * Width + column];
                    value += product;
                    magnitude += Math.Abs(product);
                }
            }

            result[i] = (value, magnitude);
        }

        return result;
    }
}
