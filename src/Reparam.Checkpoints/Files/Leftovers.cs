using System.Security.Cryptography;
using System.Text;

namespace Reparam.Checkpoints;

/// <summary>
/// The temporary files of writers, and what killed writers leave of them. A name has a form that no other program uses:
/// <c>.NAME.0123456789abcdef.reparam-unfinished</c>. Whatever has another form is not ours and is never touched.
/// </summary>
internal static class Leftovers
{
    private const string Suffix = ".reparam-unfinished";
    private const int RandomDigits = 16;
    private const int LongestName = 200;

    // From the end of writing to the rename a file has no lock; its age tells that it is no leftover.
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(2);

    /// <summary>A new name beside a file.</summary>
    public static string NewName(string file) =>
        Path.Combine(Path.GetDirectoryName(file)!, Prefix(file) + RandomNumberGenerator.GetHexString(RandomDigits, lowercase: true) + Suffix);

    /// <summary>Removes what killed writers of a file have left. A temporary file that is being written is locked, or was written this moment.</summary>
    public static void Remove(string file)
    {
        var prefix = Prefix(file);
        var all = new EnumerationOptions { AttributesToSkip = 0 };
        foreach (var leftover in Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "*" + Suffix, all))
        {
            if (!IsOurs(Path.GetFileName(leftover), prefix))
            {
                continue;
            }

            try
            {
                if (FileNode.Of(leftover).Kind == NodeKind.File && DateTime.UtcNow - File.GetLastWriteTimeUtc(leftover) >= Age)
                {
                    using (new FileStream(leftover, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                    {
                    }

                    File.Delete(leftover);
                }
            }
            catch (Exception exception) when (AtomicFile.IsFileSystemError(exception))
            {
                // In use, or in a folder that others protect.
            }
        }
    }

    private static bool IsOurs(string name, string prefix) =>
        name.Length == prefix.Length + RandomDigits + Suffix.Length && name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal) &&
        name.AsSpan(prefix.Length, RandomDigits).IndexOfAnyExcept("0123456789abcdef") < 0;

    // File systems allow 255 bytes; a name that would be too long with its ending is replaced by its hash.
    private static string Prefix(string file)
    {
        var name = Path.GetFileName(file);
        var bytes = Encoding.UTF8.GetBytes(name);
        return bytes.Length <= LongestName ? $".{name}." : $".{Convert.ToHexStringLower(SHA256.HashData(bytes))}.";
    }
}
