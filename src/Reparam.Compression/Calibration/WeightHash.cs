using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Reparam.Checkpoints;

namespace Reparam.Compression.Calibration;

/// <summary>Tells whether two checkpoints hold the same weights, whatever their files look like.</summary>
public static class WeightHash
{
    private const int Part = 1 << 16;

    /// <summary>
    /// SHA-256, in lower-case hexadecimal, over every tensor of floating type (F32, F16, BF16, F64) in ordinal order of the names: the name in UTF-8, a zero
    /// byte, the values as little-endian F32. A checkpoint that steps of a plan have rewritten has the hash of the one that was given to the first of them.
    /// </summary>
    /// <exception cref="CheckpointException">The checkpoint cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static string Compute(ICheckpoint checkpoint, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        while (checkpoint is RewrittenCheckpoint rewritten)
        {
            checkpoint = rewritten.Source;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var values = new float[Part];
        foreach (var info in checkpoint.Names.Order(StringComparer.Ordinal).Select(checkpoint.Info).Where(info => CheckpointCompressor.CanCode(info.DType)))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(info.Name));
            hash.AppendData([0]);
            var size = info.DType.BitSize() / 8;
            for (long start = 0; start < info.ElementCount; start += Part)
            {
                cancellation.ThrowIfCancellationRequested();
                var part = values.AsSpan(0, (int)Math.Min(Part, info.ElementCount - start));
                ElementConversion.ToSingles(info.DType, checkpoint.Bytes(info.Name, start * size, part.Length * size), part);
                hash.AppendData(MemoryMarshal.AsBytes(part));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
