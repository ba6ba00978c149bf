using System.Security.Cryptography;
using System.Text;
using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Tells packed files apart without reading them: a hash of what the header says, check values and the source's hash among it, and of samples of every part of every coded weight.
/// </summary>
internal static class PackedFingerprint
{
    private const int Samples = 16;
    private const int SampleBytes = 64;

    /// <summary>Hexadecimal SHA-256.</summary>
    public static string Of(PackedFile packed)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var key in PackedFormat.ReservedKeys)
        {
            Append(hash, key);
            Append(hash, packed.Checkpoint.Metadata.GetValueOrDefault(key) ?? "");
        }

        var carried = packed.CarriedNames.ToHashSet(StringComparer.Ordinal);
        foreach (var name in packed.Checkpoint.Names.Where(name => !carried.Contains(name)).Order(StringComparer.Ordinal))
        {
            var length = packed.Checkpoint.Info(name).ByteLength;
            Append(hash, name);
            for (var sample = 0; sample < Samples; sample++)
            {
                var count = (int)Math.Min(SampleBytes, length);
                hash.AppendData(packed.Checkpoint.Bytes(name, (length - count) * sample / (Samples - 1), count));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Append(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
}
