using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using Reparam.Build.Stamps;
using Reparam.Build.Text;

namespace Reparam.Build.Plans;

/// <summary>Writes the plan of each merge, and tells which results are not what their plan, checkpoints, base, extensions and worker would give.</summary>
public sealed class WriteReparamMerges : PlanTask
{
    /// <summary>The inputs, with the metadata that Reparam.Merges.targets adds. Those of one OutputName belong together.</summary>
    public ITaskItem[] Merges { get; set; } = [];

    /// <summary>Checkpoints that are the result of a merge, by its name.</summary>
    public ITaskItem[] Wanted { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        var plans = new List<ITaskItem>();
        var stale = new List<ITaskItem>();
        var groups = Merges.GroupBy(item => item.GetMetadata("OutputName"), StringComparer.OrdinalIgnoreCase).Select(group => group.ToList()).ToList();
        RequireWanted([.. groups.Select(group => group[0].GetMetadata("OutputName"))]);
        foreach (var group in groups)
        {
            try
            {
                var merge = new MergeItem(group);
                var inputs = Inputs(merge);
                PlanFiles.WriteWhenDifferent(merge.Plan, MergeDocument.Write(merge, PlanFiles.ParseThreads(Threads), ExtensionFiles));
                plans.Add(Describe(merge, inputs, groups.Count > 1));
                if (!StampCheck.IsCurrent(merge.Stamp, inputs, [merge.MergedFile]))
                {
                    stale.Add(plans[plans.Count - 1]);
                }
            }
            catch (BuildErrorException e)
            {
                LogError(e, group[0].GetMetadata("DeclaredIn"));
            }
        }

        Plans = [.. plans];
        Stale = [.. stale];
        return !Log.HasLoggedErrors;
    }

    private string[] ExtensionFiles => [.. Extensions.Select(item => item.GetMetadata("FullPath"))];

    private void RequireWanted(string[] names)
    {
        foreach (var item in Wanted.Where(item => !names.Contains(item.ItemSpec, StringComparer.OrdinalIgnoreCase)))
        {
            var nearest = NearestName.Of(item.ItemSpec, names) is { } near ? $" (did you mean {near}?)" : "";
            LogError(
                new BuildErrorException("RPB0031",
                    $"Checkpoint '{item.ItemSpec}' is to come from a merge, and no ReparamMerge of the project has the OutputName '{item.ItemSpec}'{nearest}."),
                item.GetMetadata("DefiningProjectFullPath"));
        }
    }

    private Dictionary<string, IReadOnlyList<string>> Inputs(MergeItem merge)
    {
        var inputs = new Dictionary<string, IReadOnlyList<string>> { [BuildStamp.Plan] = [merge.Plan] };
        for (var i = 0; i < merge.Inputs.Count; i++)
        {
            inputs.Add(BuildStamp.MergeInput(i), CheckpointSources.Find(merge.Inputs[i]));
        }

        if (merge.Base.Length > 0)
        {
            inputs.Add(BuildStamp.MergeBase, CheckpointSources.Find(merge.Base));
        }

        AddShared(inputs, ExtensionFiles);
        return inputs;
    }

    private static TaskItem Describe(MergeItem merge, Dictionary<string, IReadOnlyList<string>> inputs, bool isOneOfMany)
    {
        var plan = new TaskItem(PlanFiles.Escape(merge.Plan));
        plan.SetMetadata("Checkpoint", PlanFiles.Escape(merge.Inputs[0]));
        plan.SetMetadata("Sources",
            string.Join(";", inputs.Where(input => input.Key is not (BuildStamp.Plan or BuildStamp.Tool)).SelectMany(input => input.Value)
            .Select(PlanFiles.Escape)));
        plan.SetMetadata("PackedFile", PlanFiles.Escape(merge.MergedFile));
        plan.SetMetadata("Prepacked", "");
        plan.SetMetadata("Stamp", PlanFiles.Escape(merge.Stamp));
        plan.SetMetadata("CopyToOutput", merge.CopyToOutput);
        plan.SetMetadata("CopyToPublish", merge.CopyToPublish);
        plan.SetMetadata("Label", isOneOfMany ? PlanFiles.Escape(merge.OutputName) : "");
        return plan;
    }
}
