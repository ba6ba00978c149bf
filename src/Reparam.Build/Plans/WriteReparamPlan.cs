using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Reparam.Build.Manifests;

namespace Reparam.Build.Plans;

/// <summary>
/// Composes the plan of each checkpoint from the manifests of the freshly compiled assembly and its references. A plan that says the same as
/// before keeps its file untouched, so that the worker starts only when something changed.
/// </summary>
public sealed class WriteReparamPlan : Task
{
    /// <summary>The checkpoints, with the metadata that Reparam.Checkpoints.targets adds.</summary>
    [Required]
    public ITaskItem[] Checkpoints { get; set; } = [];

    /// <summary>The assembly of this project and those it references, in that order.</summary>
    [Required]
    public ITaskItem[] Assemblies { get; set; } = [];

    /// <summary>Threads of the worker; empty or 0: one a core.</summary>
    public string Threads { get; set; } = "";

    /// <summary>The project file, named by errors that belong to no item.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>One item a plan: its path, with Checkpoint, Sources (all files of the checkpoint, its calibration and saved bit plan), PackedFile, Streams, Report, Allocation and Stamp.</summary>
    [Output]
    public ITaskItem[] Plans { get; private set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        var plans = new List<ITaskItem>();
        try
        {
            var threads = ParseThreads();
            var graph = ReadManifests();
            var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var checkpoint in Checkpoints)
            {
                try
                {
                    plans.Add(Write(new CheckpointItem(checkpoint), graph, threads, names));
                }
                catch (BuildErrorException e)
                {
                    LogError(e, checkpoint.GetMetadata("DeclaredIn"));
                }
            }
        }
        catch (BuildErrorException e)
        {
            LogError(e, ProjectFile);
        }

        Plans = [.. plans];
        return !Log.HasLoggedErrors;
    }

    private ManifestGraph ReadManifests()
    {
        var graph = new ManifestGraph();
        foreach (var path in Assemblies.Select(assembly => assembly.GetMetadata("FullPath")).Distinct(StringComparer.Ordinal))
        {
            graph.Add(ManifestReader.Read(path));
        }

        return graph;
    }

    private ITaskItem Write(CheckpointItem item, ManifestGraph graph, int threads, Dictionary<string, string> names)
    {
        if (names.TryGetValue(item.OutputName, out var other))
        {
            throw new BuildErrorException("RPB0006", $"Checkpoints '{other}' and '{item.Path}' both give '{item.OutputName}.reparam.safetensors': set OutputName on one of them.");
        }

        names.Add(item.OutputName, item.Path);
        var sources = CheckpointSources.Find(item.Path);
        var model = graph.SelectModel(item.Model);
        WriteWhenDifferent(item.Plan, PlanDocument.Write(item, model, threads, graph.Reach(model)));

        var plan = new TaskItem(Escape(item.Plan));
        plan.SetMetadata("Checkpoint", Escape(item.Path));
        plan.SetMetadata("Sources", string.Join(";", sources.Concat(item.FurtherSources).Select(Escape)));
        plan.SetMetadata("PackedFile", Escape(item.PackedFile));
        plan.SetMetadata("Report", Escape(item.Report));
        plan.SetMetadata("Allocation", Escape(item.Allocation));
        plan.SetMetadata("Streams", string.Join(";", item.StreamFiles.Select(Escape)));
        plan.SetMetadata("Stamp", Escape(item.Stamp));
        return plan;
    }

    private int ParseThreads() =>
        Threads.Trim().Length == 0 ? 0
        : int.TryParse(Threads, out var threads) && threads >= 0 ? threads
        : throw new BuildErrorException("RPB0010", $"Property ReparamWorkerThreads is '{Threads}'; it must be a whole number, 0 for one thread a core.");

    private void WriteWhenDifferent(string path, string text)
    {
        try
        {
            if (File.Exists(path) && File.ReadAllText(path) == text)
            {
                return;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var temporary = path + ".new";
            File.WriteAllText(temporary, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            File.Delete(path);
            File.Move(temporary, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuildErrorException("RPB0013", $"Plan '{path}' cannot be written: {e.Message}");
        }
    }

    // What MSBuild would otherwise take for a list or an escape of its own.
    private static string Escape(string path) => path.Replace("%", "%25").Replace(";", "%3B");

    private void LogError(BuildErrorException e, string file) => Log.LogError(null, e.Code, null, file.Length > 0 ? file : ProjectFile, 0, 0, 0, 0, "{0}", e.Message);
}
