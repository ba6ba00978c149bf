using System;
using System.IO;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Reparam.Build.NativeRepair;

/// <summary>Makes repaired copies of libLibTorchSharp.so, see <see cref="GlibcxxRepair"/>. The package cache is never written.</summary>
public sealed class RepairTorchSharpNative : Task
{
    /// <summary>The libraries as they are packed.</summary>
    [Required]
    public ITaskItem[] Libraries { get; set; } = [];

    /// <summary>Where the copies go, one for each library. A library that needs no repair is copied as it is.</summary>
    [Required]
    public ITaskItem[] Copies { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        for (var i = 0; i < Libraries.Length; i++)
        {
            var library = Libraries[i].GetMetadata("FullPath");
            try
            {
                Repair(library, Copies[i].GetMetadata("FullPath"));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                Log.LogError(
                    null, "RPB0009", null, library, 0, 0, 0, 0, "TorchSharp's native library could not be repaired for this system's C++ run-time: {0}",
                    e.Message);
            }
        }

        return !Log.HasLoggedErrors;
    }

    private void Repair(string library, string copy)
    {
        var image = File.ReadAllBytes(library);
        if (GlibcxxRepair.TryRepair(image))
        {
            Log.LogMessage(MessageImportance.Normal, "Repaired a copy of {0} to load with C++ run-times older than GCC 13.", library);
        }

        // Beside its place, then renamed: a build that is killed leaves no half-written library.
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        var temporary = copy + ".new";
        File.WriteAllBytes(temporary, image);
        File.Delete(copy);
        File.Move(temporary, copy);
    }
}
