using System.Security.Cryptography;
using System.Text;
using Reparam.Checkpoints;

namespace Reparam.Compression.Tests.PackedBytes;

/// <summary>What a packed file says, as one hash: every tensor, and the metadata but the version of the tool that wrote it.</summary>
internal static class PackedContent
{
    private const string ToolKey = "reparam.tool";
    private const string HeaderChecksumKey = "reparam.checksum";

    /// <summary>SHA-256, in lower-case hexadecimal digits.</summary>
    public static string Hash(string path)
    {
        using var file = Checkpoint.Open(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Append(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));

        // The checksum of the header is one over the version, too.
        foreach (var (key, value) in file.Metadata.Where(entry => entry.Key is not (ToolKey or HeaderChecksumKey)).OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            Append($"{key} = {value}");
        }

        foreach (var name in file.Names.Order(StringComparer.Ordinal))
        {
            var info = file.Info(name);
            Append($"{name} {info.DType} [{string.Join(", ", info.Shape)}]");
            hash.AppendData(file.Bytes(name));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
