using Reparam.Benchmarks.Measuring;
using Reparam.Benchmarks.Peers;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Kernels;

/// <summary>Measures products of the format uniform beside libtorch in float32 and ONNX Runtime in bytes, all interleaved in this process.</summary>
/// <param name="sampler">How samples are taken.</param>
/// <param name="torch">libtorch.</param>
internal sealed class UniformBench(Sampler sampler, TorchLibrary torch)
{
    /// <summary>
    /// 8-bit weights and 8-bit inputs, hot. Rounding of the inputs and scales are within the time of the product, not of ONNX Runtime's, whose operator gives
    /// whole numbers.
    /// </summary>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="inputs">Input rows.</param>
    /// <param name="path">The kernel path.</param>
    public UniformLine Bytes(int rows, int columns, int inputs, KernelPath path)
    {
        var matrix = Random(rows, columns, 8, 0, new UniformInputs(8, (float[])[1 / 32f], (byte[])[120]));
        using var peer = new OnnxProduct(inputs, rows, columns, sampler.Threads);
        var measured = sampler.Measure(
            new PackedProduct(matrix, path, KernelPrecision.Default, inputs, cold: false).Contender("uniform"),
            torch.MatrixVector("float32", rows, columns, brainFloat: false, cold: false, inputs),
            peer.Contender("MatMulInteger"));
        return new UniformLine("8 bits, inputs 8 bits", rows, columns, inputs, path, measured[0].Seconds, measured[1].Seconds, measured[2].Seconds);
    }

    /// <summary>Weights in groups of 128 and inputs in floats, hot.</summary>
    /// <param name="bits">Bits of a weight.</param>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="inputs">Input rows.</param>
    /// <param name="path">The kernel path.</param>
    /// <param name="precision">The precision.</param>
    public UniformLine Groups(int bits, int rows, int columns, int inputs, KernelPath path, KernelPrecision precision)
    {
        var measured = sampler.Measure(
            new PackedProduct(Random(rows, columns, bits, 128, null), path, precision, inputs, cold: false).Contender("uniform"),
            torch.MatrixVector("float32", rows, columns, brainFloat: false, cold: false, inputs));
        return new UniformLine(
            $"{bits} bits, groups of 128, {precision.ToString().ToLowerInvariant()}", rows, columns, inputs, path,
            measured[0].Seconds, measured[1].Seconds, null);
    }

    private static UniformMatrix Random(int rows, int columns, int bits, int groupSize, UniformInputs? inputs)
    {
        var random = new Random(7);
        var codes = new byte[rows * BitString.Bytes(columns, bits)];
        random.NextBytes(codes);
        var scales = new Half[rows * (groupSize == 0 ? 1 : columns / groupSize)];
        scales.AsSpan().Fill((Half)0.01f);
        return new UniformMatrix(rows, columns, bits, groupSize, codes, scales, new sbyte[rows], default, inputs);
    }
}
