using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace Reparam.Build.Stamps;

/// <summary>Which files in a checkpoint's folder under obj are the build's: it removes no others.</summary>
internal static class OwnFiles
{
    // A name that no other program uses: .model.reparam.safetensors.0123456789abcdef.reparam-unfinished. The library that writes checkpoints has the same
    // form; a name that would be too long stands there as its hash.
    private const string Suffix = ".reparam-unfinished";
    private const string HexDigits = "0123456789abcdef";
    private const int RandomDigits = 16;
    private const int LongestName = 200;

    private const string Packed = ".reparam.safetensors";
    private const string Merged = ".safetensors";

    private static readonly string[] Endings = [Packed, Merged, ".merge.json", ".merge.stamp", ".reparam.avx512", ".reparam.avx2", ".reparam.vector128",
        ".plan.json", ".report.json", ".allocation.json", ".stamp"];

    /// <summary>Temporary files of what is made beside a packed file: of itself, its prepacked weights, plan, report, bit plan and stamp.</summary>
    /// <param name="packedFile">Full path of <c>name.reparam.safetensors</c>, or of a merge's <c>name.safetensors</c>.</param>
    public static IEnumerable<string> Temporaries(string packedFile)
    {
        var folder = Path.GetDirectoryName(packedFile)!;
        var file = Path.GetFileName(packedFile);
        var name = file.Substring(0, file.Length - (file.EndsWith(Packed, StringComparison.Ordinal) ? Packed : Merged).Length);
        var starts = Endings.Select(ending => name + ending).SelectMany(made => (string[])[$".{made}.", $".{HashOf(made)}."]).ToList();
        return !Directory.Exists(folder) ? [] : Directory.GetFiles(folder).Where(found => starts.Any(start => IsTemporary(Path.GetFileName(found), start)));
    }

    /// <summary>Puts a text in the place of a file, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Replace(string path, string text)
    {
        var name = Path.GetFileName(path);
        var start = $".{(Encoding.UTF8.GetByteCount(name) <= LongestName ? name : HashOf(name))}.";
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, start + Guid.NewGuid().ToString("N").Substring(0, RandomDigits) + Suffix);
        try
        {
            File.WriteAllText(temporary, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            File.Delete(path);
            File.Move(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static bool IsTemporary(string name, string start) =>
        name.Length == start.Length + RandomDigits + Suffix.Length && name.StartsWith(start, StringComparison.Ordinal)
            && name.EndsWith(Suffix, StringComparison.Ordinal)
        && name.Substring(start.Length, RandomDigits).All(digit => HexDigits.IndexOf(digit) >= 0);

    private static string HashOf(string name)
    {
        using var hash = SHA256.Create();
        return string.Concat(hash.ComputeHash(Encoding.UTF8.GetBytes(name)).Select(value => value.ToString("x2", CultureInfo.InvariantCulture)));
    }
}
