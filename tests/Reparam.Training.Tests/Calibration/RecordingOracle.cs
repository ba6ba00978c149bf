using Reparam.Compression.Calibration;
using static TorchSharp.torch;

namespace Reparam.Training.Tests.Calibration;

/// <summary>Networks to record, and what a recording must hold.</summary>
internal static class RecordingOracle
{
    public static AttendingNet Trained()
    {
        manual_seed(5);
        var net = new AttendingNet();
        net.eval();
        return net;
    }

    public static void Run(AttendingNet net, int batches, int from = 0)
    {
        using var noGrad = no_grad();
        for (var i = from; i < from + batches; i++)
        {
            using var scope = NewDisposeScope();
            net.call(arange(10).add(3 * i).remainder(11).view(2, 5));
        }
    }

    // Sums in another order, then one rounding to single precision: at most a unit of the largest element's last place. Merging rounds the parts too.
    public static Func<float, float, bool> Near(Gram gram, int roundings = 1)
    {
        var bound = 1.2e-7 * roundings * gram.Values.ToArray().Max(Math.Abs);
        return (a, b) => Math.Abs((double)a - b) <= bound;
    }

    public static float[][] Rows(Tensor x, int width) => [.. x.reshape(-1, width).data<float>().ToArray().Chunk(width)];

    public static float[] Oracle(float[][] vectors, int columns)
    {
        var gram = new float[columns * columns];
        for (var i = 0; i < columns; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                gram[(i * columns) + j] = (float)(vectors.Sum(x => (double)x[i] * x[j]) / vectors.Length);
            }
        }

        return gram;
    }

    // [batch, in, height, width]: the values under the kernel at each place, for each group.
    public static float[][] Places(Tensor x, (int H, int W) kernel, (int H, int W) stride, (int H, int W) padding, (int H, int W) dilation, int groups)
    {
        var (batch, channels, height, width) = (x.shape[0], (int)x.shape[1], (int)x.shape[2], (int)x.shape[3]);
        var down = ((height + (2 * padding.H) - (dilation.H * (kernel.H - 1)) - 1) / stride.H) + 1;
        var across = ((width + (2 * padding.W) - (dilation.W * (kernel.W - 1)) - 1) / stride.W) + 1;
        var values = x.data<float>().ToArray();
        var vectors = new List<float[]>();
        for (var n = 0; n < batch; n++)
        {
            for (var place = 0; place < down * across; place++)
            {
                for (var part = 0; part < groups; part++)
                {
                    vectors.Add(
                    [
                        .. from channel in Enumerable.Range(part * channels / groups, channels / groups)
                           from i in Enumerable.Range(0, kernel.H)
                           from j in Enumerable.Range(0, kernel.W)
                           select At(n, channel, (place / across * stride.H) + (i * dilation.H) - padding.H, (place % across * stride.W) + (j * dilation.W) - padding.W),
                    ]);
                }
            }
        }

        return [.. vectors];

        float At(int n, int channel, int row, int column) =>
            row < 0 || row >= height || column < 0 || column >= width ? 0 : values[(((n * channels) + channel) * height + row) * width + column];
    }
}
