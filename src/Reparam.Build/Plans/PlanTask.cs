using System.Collections.Generic;
using System.IO;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Reparam.Build.Stamps;

namespace Reparam.Build.Plans;

/// <summary>A task that writes plans for the worker and tells which of them it must run.</summary>
public abstract class PlanTask : Task
{
    /// <summary>Assemblies with further methods, formats and operations for the worker.</summary>
    public ITaskItem[] Extensions { get; set; } = [];

    /// <summary>Full path of reparam.dll.</summary>
    public string Tool { get; set; } = "";

    /// <summary>Threads of the worker; empty or 0: one a core.</summary>
    public string Threads { get; set; } = "";

    /// <summary>The project file, named by errors that belong to no item.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>
    /// One item a plan: its path, with Checkpoint (of a merge: the first input), Sources (all files of the checkpoint or the inputs, and further ones that
    /// the result depends on), PackedFile (the result), Prepacked, Report, Allocation, Stamp, CopyToOutput and CopyToPublish as the item says, and Label,
    /// which tells the items of a project apart in messages.
    /// </summary>
    [Output]
    public ITaskItem[] Plans { get; private protected set; } = [];

    /// <summary>Those of the plans that the worker must run.</summary>
    [Output]
    public ITaskItem[] Stale { get; private protected set; } = [];

    /// <summary>Adds what every result depends on: extensions and the worker. A worker that is not there is told when it is to be started.</summary>
    private protected void AddShared(Dictionary<string, IReadOnlyList<string>> inputs, IReadOnlyList<string> extensions)
    {
        if (extensions.Count > 0)
        {
            inputs.Add(BuildStamp.Extensions, extensions);
        }

        inputs.Add(BuildStamp.Tool, File.Exists(Tool) ? BuildStamp.ToolFiles(Path.GetDirectoryName(Tool)!) : []);
    }

    private protected void LogError(BuildErrorException e, string file) =>
        Log.LogError(null, e.Code, null, file.Length > 0 ? file : ProjectFile, 0, 0, 0, 0, "{0}", e.Message);
}
