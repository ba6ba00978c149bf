using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Reparam.Build.Stamps;

namespace Reparam.Build.Worker;

/// <summary>
/// Removes copies of packed files that are not what is under obj. The build itself copies what is newer; a copy that was changed, or made while the
/// clock was ahead, would stay.
/// </summary>
public sealed class RefreshReparamCopies : Task
{
    /// <summary>The plans, as <c>WriteReparamPlan</c> gave them.</summary>
    [Required]
    public ITaskItem[] Plans { get; set; } = [];

    /// <summary>Full path of the folder that the files are copied to.</summary>
    [Required]
    public string Folder { get; set; } = "";

    /// <summary>Metadatum of a plan that says when its files are copied there: <c>CopyToOutput</c> or <c>CopyToPublish</c>.</summary>
    [Required]
    public string Mode { get; set; } = "";

    /// <inheritdoc/>
    public override bool Execute()
    {
        // Where nothing is copied, a file of the name is somebody else's.
        foreach (var plan in Plans.Where(plan => plan.GetMetadata(Mode) is not ("" or "never")))
        {
            try
            {
                // A name may hold a semicolon, so the list is taken apart before its escapes are.
                var prepacked = ((ITaskItem2)plan).GetMetadataValueEscaped("Prepacked").Split([';'], StringSplitOptions.RemoveEmptyEntries).Select(Unescape);
                var files = new[] { plan.GetMetadata("PackedFile") }.Concat(prepacked);
                StampCheck.RemoveOtherCopies(
                    plan.GetMetadata("Stamp"), files.Select(file => new KeyValuePair<string, string>(file, Path.Combine(Folder, Path.GetFileName(file)))));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Log.LogError(
                    null, "RPB0013", null, plan.GetMetadata("Checkpoint"), 0, 0, 0, 0, "A copy of '{0}' is not what was compressed and cannot be replaced: {1}",
                    plan.GetMetadata("PackedFile"), e.Message);
            }
        }

        return !Log.HasLoggedErrors;
    }

    private static string Unescape(string path) => path.Replace("%3B", ";").Replace("%25", "%");
}
