using System.IO.Hashing;
using System.Text;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Tells packed files apart: a hash of what the metadata say of the coded weights, and of the checksum of every part of them. A file without checksums is
/// read for it.
/// </summary>
internal static class PackedFingerprint
{
    /// <summary>XxHash128, as 32 lower-case hexadecimal digits.</summary>
    /// <exception cref="CheckpointException">The file has no checksums and cannot be read.</exception>
    public static string Of(PackedFile packed)
    {
        var hash = new XxHash128();
        foreach (var key in PackedKeys.ReservedKeys.Where(key => key is not (ContentChecksum.TensorsKey or ContentChecksum.HeaderKey)))
        {
            Append(hash, key);
            Append(hash, packed.Checkpoint.Metadata.GetValueOrDefault(key) ?? "");
        }

        var copied = packed.CopiedNames.ToHashSet(StringComparer.Ordinal);
        foreach (var name in packed.Checkpoint.Names.Where(name => !copied.Contains(name)).Order(StringComparer.Ordinal))
        {
            Append(hash, name);
            Append(hash, packed.Checkpoint.Info(name).Describe());
            Append(hash, ContentChecksum.Format(ContentChecksum.Of(packed.Checkpoint, name)));
        }

        return ContentChecksum.Format(hash.GetCurrentHashAsUInt128());
    }

    private static void Append(XxHash128 hash, string text) => hash.Append(Encoding.UTF8.GetBytes(text + "\n"));
}
