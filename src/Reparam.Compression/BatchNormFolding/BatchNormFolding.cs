using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Reparam.Checkpoints;

namespace Reparam.Compression.BatchNormFolding;

/// <summary>
/// Folds batch norms into the layers before them (Jacob et al. 2018, arXiv 1712.05877, section 3.2): for each output channel,
/// y = γ·(w·x + b − μ) / √(σ² + ε) + β is the layer with the weights w·s and the bias (b − μ)·s + β, where s = γ / √(σ² + ε). The work is done in double
/// precision, and the results are F32 whatever the type of the weight.
/// </summary>
public static class BatchNormFolding
{
    /// <summary>The checkpoint with batch norms folded: without their tensors, and with a bias for each layer.</summary>
    /// <param name="checkpoint">The dense checkpoint.</param>
    /// <param name="folds">What is to be folded, each layer and each batch norm once.</param>
    /// <param name="kept">Takes a sentence for each batch norm that stays, because its statistics give no finite scale.</param>
    /// <returns>
    /// A checkpoint that computes the folded tensors when they are read; it names them in its metadata. The argument itself when nothing is folded.
    /// </returns>
    public static ICheckpoint Apply(ICheckpoint checkpoint, ImmutableArray<BatchNormFold> folds, ICollection<string>? kept = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var computed = new List<(TensorInfo Info, Func<byte[]> Compute)>();
        var removed = new HashSet<string>(StringComparer.Ordinal);
        var folded = FoldedBatchNorms.Read(checkpoint).ToBuilder();
        foreach (var fold in folds)
        {
            var (scale, bias) = ScaleAndBias(checkpoint, fold);
            if (scale.Concat(bias).Any(value => !float.IsFinite((float)value)))
            {
                kept?.Add($"the batch norm '{fold.BatchNorm}' stays: its statistics give no finite scale for each channel");
                continue;
            }

            var weight = fold.Layer + ".weight";
            computed.Add((new TensorInfo(weight, DType.F32, checkpoint.Info(weight).Shape), () => Weight(checkpoint, weight, scale)));
            computed.Add((new TensorInfo(fold.Layer + ".bias", DType.F32, [bias.Length]), () => Bytes([.. bias.Select(value => (float)value)])));
            removed.UnionWith(((string[])["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]).Select(part => $"{fold.BatchNorm}.{part}"));
            folded.Add(fold.BatchNorm, fold.Layer);
        }

        var metadata = new Dictionary<string, string> { [FoldedBatchNorms.Key] = FoldedBatchNorms.Format(folded) };
        return removed.Count == 0 ? checkpoint : new RewrittenCheckpoint(checkpoint, computed, removed, metadata);
    }

    /// <summary>What each output channel is multiplied by, and the layer's new bias.</summary>
    /// <param name="bias">b of each channel.</param>
    /// <param name="gamma">γ of each channel.</param>
    /// <param name="beta">β of each channel.</param>
    /// <param name="mean">μ of each channel.</param>
    /// <param name="variance">σ² of each channel.</param>
    /// <param name="eps">ε.</param>
    /// <returns>s and (b − μ)·s + β.</returns>
    public static (double[] Scale, double[] Bias) Fold(
        ReadOnlySpan<float> bias, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, double eps)
    {
        var (scale, folded) = (new double[mean.Length], new double[mean.Length]);
        for (var channel = 0; channel < mean.Length; channel++)
        {
            scale[channel] = gamma[channel] / Math.Sqrt(variance[channel] + eps);
            folded[channel] = (((double)bias[channel] - mean[channel]) * scale[channel]) + beta[channel];
        }

        return (scale, folded);
    }

    private static (double[] Scale, double[] Bias) ScaleAndBias(ICheckpoint checkpoint, BatchNormFold fold)
    {
        float[] Values(string name, float otherwise, int count)
        {
            if (checkpoint.Contains(name))
            {
                return checkpoint.ReadSingles(name);
            }

            var values = new float[count];
            Array.Fill(values, otherwise);
            return values;
        }

        var mean = checkpoint.ReadSingles($"{fold.BatchNorm}.running_mean");
        return Fold(
            Values(fold.Layer + ".bias", 0, mean.Length), Values($"{fold.BatchNorm}.weight", 1, mean.Length), Values($"{fold.BatchNorm}.bias", 0, mean.Length),
            mean, checkpoint.ReadSingles($"{fold.BatchNorm}.running_var"), fold.Eps);
    }

    // [out, ...] with each row multiplied by its channel's scale.
    private static byte[] Weight(ICheckpoint checkpoint, string name, double[] scale)
    {
        var weight = checkpoint.ReadSingles(name);
        var columns = weight.Length / scale.Length;
        for (var row = 0; row < scale.Length; row++)
        {
            foreach (ref var value in weight.AsSpan(row * columns, columns))
            {
                value = (float)(value * scale[row]);
            }
        }

        return Bytes(weight);
    }

    private static byte[] Bytes(float[] values)
    {
        if (BitConverter.IsLittleEndian)
        {
            return MemoryMarshal.AsBytes<float>(values).ToArray();
        }

        var bytes = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }

        return bytes;
    }
}
