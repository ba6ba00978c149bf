using Reparam.Benchmarks.Images;
using Reparam.Benchmarks.Measuring;
using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Benchmarks.Peers;

/// <summary>Products of libtorch. Nothing of it is loaded before one is asked for.</summary>
internal sealed class TorchLibrary
{
    private TorchLibrary()
    {
    }

    /// <summary>Version of TorchSharp.</summary>
    public string Version { get; } = typeof(torch).Assembly.GetName().Version?.ToString(3) ?? "?";

    /// <summary>Loads libtorch and bounds its threads.</summary>
    /// <param name="threads">Threads that libtorch may use.</param>
    public static TorchLibrary Load(int threads)
    {
        set_num_threads(threads);
        return new TorchLibrary();
    }

    /// <summary>y = W·x for random float32 or bfloat16 weights: the cost of <c>torch.nn.functional.linear</c> for one input row, or several.</summary>
    /// <param name="name">What the tables call it.</param>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="brainFloat">Whether weights and inputs are bfloat16.</param>
    /// <param name="cold">Whether each product takes another copy of the weights.</param>
    /// <param name="inputs">Input rows.</param>
    public Contender MatrixVector(string name, int rows, int columns, bool brainFloat, bool cold, int inputs = 1)
    {
        var type = brainFloat ? ScalarType.BFloat16 : ScalarType.Float32;
        var bytes = (long)rows * columns * (brainFloat ? 2 : 4);
        var copies = new Tensor[cold ? BandwidthProbe.Copies(bytes) : 1];
        for (var i = 0; i < copies.Length; i++)
        {
            copies[i] = Random(type, rows, columns);
        }

        var input = Random(type, inputs, columns);
        return Contender.Over(name, copies, weights => nn.functional.linear(input, weights).Dispose(), bytes, cold);
    }

    /// <summary>A convolution with float32 weights: the cost of <c>torch.nn.functional.conv2d</c>.</summary>
    /// <param name="shape">The layer.</param>
    /// <param name="images">Images.</param>
    public Contender Convolution(LayerShape shape, int images)
    {
        var weights = randn(shape.Outputs, shape.Channels / shape.Groups, shape.Kernel, shape.Kernel);
        var input = randn(images, shape.Channels, shape.Side, shape.Side);
        return Contender.Over(
            "float32", (Tensor[])[weights],
            tensor => nn.functional.conv2d(input, tensor, padding: [shape.Kernel / 2], strides: [shape.Stride], groups: shape.Groups).Dispose(),
            sizeof(float) * weights.numel(), cold: false);
    }

    private static Tensor Random(ScalarType type, long rows, long columns)
    {
        using var values = randn(rows, columns);
        return values.to(type, copy: true);
    }
}
