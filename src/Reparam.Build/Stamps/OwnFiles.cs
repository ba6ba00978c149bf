using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace Reparam.Build.Stamps;

/// <summary>Which files in a checkpoint's folder under obj are the build's: it removes no others.</summary>
internal static class OwnFiles
{
    // .model.reparam.safetensors.k2f0x1q9abc.tmp: the file that it was to become, and a random name.
    private static readonly Regex Temporary = new(@"^\.(?<name>.+)\.(reparam\.(safetensors|avx512|avx2|vector128)|(plan|report|allocation)\.json|stamp)\.[a-z0-9]{11}\.tmp$", RegexOptions.CultureInvariant);

    /// <summary>Temporary files of what is made beside a packed file: of itself, its prepacked streams, plan, report, bit plan and stamp.</summary>
    /// <param name="packedFile">Full path of <c>name.reparam.safetensors</c>.</param>
    public static IEnumerable<string> Temporaries(string packedFile)
    {
        var folder = Path.GetDirectoryName(packedFile)!;
        var name = Path.GetFileNameWithoutExtension(Path.GetFileNameWithoutExtension(packedFile));
        return !Directory.Exists(folder) ? [] : Directory.GetFiles(folder).Where(file => Temporary.Match(Path.GetFileName(file)).Groups["name"].Value == name);
    }

    /// <summary>Puts a text in the place of a file, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Replace(string path, string text)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Path.GetRandomFileName().Replace(".", "")}.tmp");
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
}
