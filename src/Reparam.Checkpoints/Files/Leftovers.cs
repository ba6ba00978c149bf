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
        Path.Combine(Path.GetDirectoryName(file)!, $".{Label(file)}.{RandomNumberGenerator.GetHexString(RandomDigits, lowercase: true)}{Suffix}");

    /// <summary>Removes what killed writers of a file have left. A temporary file that is being written is locked, or was written this moment.</summary>
    public static void Remove(string file)
    {
        var label = Label(file);
        Remove(Path.GetDirectoryName(file)!, found => found == label);
    }

    /// <summary>Removes what killed writers of some of a folder's files have left.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="isWritten">Whether a file name is one of those.</param>
    public static void Remove(string folder, Predicate<string> isWritten)
    {
        var all = new EnumerationOptions { AttributesToSkip = 0 };
        foreach (var leftover in Directory.EnumerateFiles(folder, "*" + Suffix, all))
        {
            if (LabelOf(Path.GetFileName(leftover)) is not { } label || !isWritten(label))
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

    /// <summary>The part of a temporary file's name that tells whose it is; null for a name of another form.</summary>
    private static string? LabelOf(string name)
    {
        var length = name.Length - RandomDigits - Suffix.Length - 2;
        return length > 0 && name[0] == '.' && name[1 + length] == '.' && name.EndsWith(Suffix, StringComparison.Ordinal) &&
            name.AsSpan(2 + length, RandomDigits).IndexOfAnyExcept("0123456789abcdef") < 0
            ? name.Substring(1, length)
            : null;
    }

    // File systems allow 255 bytes; a name that would be too long with its ending is replaced by its hash.
    private static string Label(string file)
    {
        var name = Path.GetFileName(file);
        var bytes = Encoding.UTF8.GetBytes(name);
        return bytes.Length <= LongestName ? name : Convert.ToHexStringLower(SHA256.HashData(bytes));
    }
}
