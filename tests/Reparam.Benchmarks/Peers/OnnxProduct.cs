using Microsoft.ML.OnnxRuntime;
using Reparam.Benchmarks.Measuring;

namespace Reparam.Benchmarks.Peers;

/// <summary>A product of bytes by ONNX Runtime: one node MatMulInteger with constant weights, which the session prepacks.</summary>
internal sealed class OnnxProduct : IDisposable
{
    private readonly InferenceSession session;
    private readonly OrtValue input;
    private readonly OrtValue output;
    private readonly int[] sums;
    private readonly byte[] values;
    private readonly sbyte[] weights;

    /// <summary>Makes the session and checks its product.</summary>
    /// <param name="inputs">Input rows.</param>
    /// <param name="rows">Rows of the weights.</param>
    /// <param name="columns">Columns of the weights.</param>
    /// <param name="threads">Threads of the session.</param>
    /// <exception cref="InvalidOperationException">A sum is not the one of the definition.</exception>
    public OnnxProduct(int inputs, int rows, int columns, int threads)
    {
        var random = new Random(5);
        weights = new sbyte[columns * rows];
        foreach (ref var weight in weights.AsSpan())
        {
            weight = (sbyte)random.Next(-127, 128);
        }

        values = new byte[inputs * columns];
        random.NextBytes(values);
        sums = new int[inputs * rows];
        using var options = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL };
        session = new InferenceSession(OnnxModel.MatMulInteger(inputs, rows, columns, weights), options);
        input = OrtValue.CreateTensorValueFromMemory(values, [inputs, columns]);
        output = OrtValue.CreateTensorValueFromMemory(sums, [inputs, rows]);
        Run();
        Check(rows, columns);
    }

    /// <summary>Version of the library.</summary>
    public static string Version => OrtEnv.Instance().GetVersionString();

    /// <summary>This product as a contender.</summary>
    public Contender Contender(string name) => new(name, Run, weights.Length);

    /// <inheritdoc/>
    public void Dispose()
    {
        input.Dispose();
        output.Dispose();
        session.Dispose();
    }

    private void Run()
    {
        using var options = new RunOptions();
        session.Run(options, [OnnxModel.Input], [input], [OnnxModel.Output], [output]);
    }

    private void Check(int rows, int columns)
    {
        foreach (var place in (int[])[0, sums.Length / 2, sums.Length - 1])
        {
            var expected = 0;
            for (var k = 0; k < columns; k++)
            {
                expected += values[(place / rows * columns) + k] * weights[(k * rows) + (place % rows)];
            }

            if (sums[place] != expected)
            {
                throw new InvalidOperationException($"ONNX Runtime gave {sums[place]} in place {place}, expected {expected}");
            }
        }
    }
}
