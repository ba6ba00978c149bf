using System;
using System.IO;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Reparam.Build.NativeRepair;

/// <summary>Repairs copies of libLibTorchSharp.so in an output folder, see <see cref="GlibcxxRepair"/>. Never the package cache.</summary>
public sealed class RepairTorchSharpNative : Task
{
    /// <summary>The copies to repair; those that do not exist or need no repair are left alone.</summary>
    [Required]
    public ITaskItem[] Libraries { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        foreach (var library in Libraries)
        {
            var path = library.GetMetadata("FullPath");
            try
            {
                Repair(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                Log.LogError(null, "RPB0009", null, path, 0, 0, 0, 0, "TorchSharp's native library could not be repaired for this system's C++ run-time: {0}", e.Message);
            }
        }

        return !Log.HasLoggedErrors;
    }

    private void Repair(string path)
    {
        if (!File.Exists(path))
        {
            return;
        }

        var image = File.ReadAllBytes(path);
        if (!GlibcxxRepair.TryRepair(image))
        {
            return;
        }

        // Beside its place, then renamed: a build that is killed leaves either the old file or the new one.
        var temporary = path + ".repair";
        var written = File.GetLastWriteTimeUtc(path);
        File.WriteAllBytes(temporary, image);
        File.SetLastWriteTimeUtc(temporary, written); // the copy stays up to date for the next build
        File.Delete(path);
        File.Move(temporary, path);
        Log.LogMessage(MessageImportance.Normal, "Repaired {0} to load with C++ run-times older than GCC 13.", path);
    }
}
