namespace Reparam.Merging.Tests.Operations;

/// <summary>Operations as a user would write them, on the public surface only.</summary>
public static class SampleOperations
{
    /// <summary>Takes the largest value of each element.</summary>
    /// <param name="tensor">One tensor in all inputs.</param>
    /// <param name="scale">What the value is multiplied by.</param>
    [CheckpointOperation("largest-value")]
    public static TensorResult Largest(TensorInputs tensor, [ReparamRange(0, 1e6)] double scale = 1) => TensorResult.ByBlock(block =>
    {
        for (var k = 0; k < block.Length; k++)
        {
            block.Result[k] = scale * Enumerable.Range(0, block.InputCount).Max(input => block.Input(input)[k]);
        }
    });

    /// <summary>Takes the first input, whole.</summary>
    /// <param name="tensor">One tensor in all inputs.</param>
    [CheckpointOperation("first-whole")]
    public static TensorResult First(TensorInputs tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var values = new double[tensor.Info.ElementCount];
        tensor.Read(0, 0, values);
        return TensorResult.Whole(values);
    }

    /// <summary>Takes the mean of the inputs.</summary>
    /// <param name="inputs">All inputs.</param>
    /// <param name="normalize">Whether to divide by the number of inputs.</param>
    [CheckpointOperation("mean")]
    public static TensorOperation Mean(CheckpointInputs inputs, bool normalize = true)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var divisor = normalize ? inputs.InputCount : 1;
        inputs.Record("weights", Enumerable.Repeat(1.0 / divisor, inputs.InputCount).ToArray());
        return _ => TensorResult.ByBlock(block =>
        {
            for (var k = 0; k < block.Length; k++)
            {
                block.Result[k] = Enumerable.Range(0, block.InputCount).Sum(input => block.Input(input)[k]) / divisor;
            }
        });
    }

    /// <summary>Adds random numbers to the base, scaled by the norm of all changes.</summary>
    /// <param name="inputs">All inputs.</param>
    /// <param name="seed">Seed.</param>
    [CheckpointOperation("noise", NeedsBase = true, MinInputs = 2)]
    public static TensorOperation Noise(CheckpointInputs inputs, long seed = 3)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        double square = 0;
        foreach (var name in inputs.MergedNames)
        {
            inputs.Tensor(name).ForEachBlock(block =>
            {
                for (var k = 0; k < block.Length; k++)
                {
                    square += Math.Pow(block.Input(0)[k] - block.Base[k], 2);
                }
            });
        }

        var norm = Math.Sqrt(square);
        inputs.Record("norm", norm);
        return tensor =>
        {
            var random = new CounterRandom(seed, 0, tensor.RandomName);
            return TensorResult.ByBlock(block =>
            {
                for (var k = 0; k < block.Length; k++)
                {
                    block.Result[k] = block.Base[k] + (norm * random.Uniform(block.Start + k));
                }
            });
        };
    }
}
