using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Reparam.Build.Manifests;
using Reparam.Build.Stamps;

namespace Reparam.Build.Plans;

/// <summary>
/// Composes the plan of each checkpoint from the manifests of the freshly compiled assembly and its references, and tells which packed files are not
/// what their plan, checkpoint, further inputs and worker would give: those whose content, or that of an input, is not what the stamp says.
/// </summary>
public sealed class WriteReparamPlan : PlanTask
{
    /// <summary>The checkpoints, with the metadata that Reparam.Checkpoints.targets adds.</summary>
    [Required]
    public ITaskItem[] Checkpoints { get; set; } = [];

    /// <summary>The same checkpoints as the project has them; empty: their metadata are not looked at.</summary>
    public ITaskItem[] Declared { get; set; } = [];

    /// <summary>The assembly of this project and those it references, in that order.</summary>
    [Required]
    public ITaskItem[] Assemblies { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        var plans = new List<ITaskItem>();
        var stale = new List<ITaskItem>();
        try
        {
            foreach (var item in Declared)
            {
                if (ItemMetadata.ProblemOf(item) is { } problem)
                {
                    LogError(problem, item.GetMetadata("DefiningProjectFullPath"));
                }
            }

            var threads = PlanFiles.ParseThreads(Threads);
            var extensions = FindExtensions();
            var graph = ReadManifests();
            var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var checkpoint in Checkpoints)
            {
                try
                {
                    var item = new CheckpointItem(checkpoint);
                    var sources = Sources(item, names);
                    plans.Add(Write(item, sources, extensions, graph, threads));
                    if (!StampCheck.IsCurrent(item.Stamp, Inputs(item, sources, extensions), [item.PackedFile, item.Report, .. item.PrepackedFiles]))
                    {
                        stale.Add(plans[plans.Count - 1]);
                    }
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
        Stale = [.. stale];
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

    private static IReadOnlyList<string> Sources(CheckpointItem item, Dictionary<string, string> names)
    {
        if (names.TryGetValue(item.OutputName, out var other))
        {
            throw new BuildErrorException(
                "RPB0006", $"Checkpoints '{other}' and '{item.Path}' both give '{item.OutputName}.reparam.safetensors': set OutputName on one of them.");
        }

        names.Add(item.OutputName, item.Path);
        return CheckpointSources.Find(item.Path);
    }

    private IReadOnlyList<string> FindExtensions()
    {
        var extensions = Extensions.Select(extension => extension.GetMetadata("FullPath")).Distinct(StringComparer.Ordinal).ToList();
        return extensions.FirstOrDefault(file => !File.Exists(file)) is not { } missing
            ? extensions
            : throw new BuildErrorException("RPB0014", $"ReparamExtension '{missing}' {(Directory.Exists(missing) ? "is a folder" : "does not exist")}.");
    }

    private Dictionary<string, IReadOnlyList<string>> Inputs(CheckpointItem item, IReadOnlyList<string> sources, IReadOnlyList<string> extensions)
    {
        var inputs = new Dictionary<string, IReadOnlyList<string>> { [BuildStamp.Plan] = [item.Plan], [BuildStamp.Checkpoint] = sources };
        if (item.Calibration.Length > 0)
        {
            inputs.Add(BuildStamp.Calibration, [item.Calibration]);
        }

        if (item.AllocationPlan.Length > 0)
        {
            inputs.Add(BuildStamp.AllocationPlan, [item.AllocationPlan]);
        }

        AddShared(inputs, extensions);
        return inputs;
    }

    private ITaskItem Write(CheckpointItem item, IReadOnlyList<string> sources, IReadOnlyList<string> extensions, ManifestGraph graph, int threads)
    {
        var model = graph.SelectModel(item.Model);
        PlanFiles.WriteWhenDifferent(item.Plan, PlanDocument.Write(item, model, threads, extensions, graph.Reach(model)));

        var plan = new TaskItem(Escape(item.Plan));
        plan.SetMetadata("Checkpoint", Escape(item.Path));
        plan.SetMetadata("Sources", string.Join(";", sources.Concat(item.FurtherSources).Concat(extensions).Select(Escape)));
        plan.SetMetadata("PackedFile", Escape(item.PackedFile));
        plan.SetMetadata("Report", Escape(item.Report));
        plan.SetMetadata("Allocation", Escape(item.Allocation));
        plan.SetMetadata("Prepacked", string.Join(";", item.PrepackedFiles.Select(Escape)));
        plan.SetMetadata("Stamp", Escape(item.Stamp));
        plan.SetMetadata("CopyToOutput", item.CopyToOutput);
        plan.SetMetadata("CopyToPublish", item.CopyToPublish);
        plan.SetMetadata("Label", Checkpoints.Length > 1 ? Escape(item.OutputName) : "");
        return plan;
    }

    private static string Escape(string path) => PlanFiles.Escape(path);
}
