using TorchSharp;
using static TorchSharp.torch;

namespace CharGpt.Trainer;

/// <summary>
/// Random windows of a text. The windows of a step depend on seed and step alone, so a training that was interrupted goes on as if it had not been.
/// </summary>
/// <param name="tokens">The text.</param>
/// <param name="batchSize">Windows a step.</param>
/// <param name="context">Inputs of a window.</param>
/// <param name="seed">Seed.</param>
public sealed class Batches(long[] tokens, int batchSize, int context, int seed)
{
    /// <returns>Inputs and their successors, int64 [batch, context] each.</returns>
    public (Tensor Inputs, Tensor Targets) Take(int step)
    {
        var random = new Random(unchecked(seed * 1_000_003 + step));
        var inputs = new long[batchSize * context];
        var targets = new long[batchSize * context];
        for (var row = 0; row < batchSize; row++)
        {
            var start = random.Next(tokens.Length - context);
            tokens.AsSpan(start, context).CopyTo(inputs.AsSpan(row * context));
            tokens.AsSpan(start + 1, context).CopyTo(targets.AsSpan(row * context));
        }

        return (tensor(inputs).view(batchSize, context), tensor(targets).view(batchSize, context));
    }
}
