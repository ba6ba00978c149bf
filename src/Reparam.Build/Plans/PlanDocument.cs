using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using Reparam.Build.Manifests;

namespace Reparam.Build.Plans;

/// <summary>Writes the plan that the worker reads; docs/architecture.md has its form.</summary>
internal static class PlanDocument
{
    /// <summary>The same input gives the same text.</summary>
    public static string Write(CheckpointItem item, string model, int threads, IReadOnlyList<string> extensions, IReadOnlyList<ManifestLinks> manifests)
    {
        var plan = new StringBuilder();
        plan.Append("{\n");
        plan.Append("  \"version\": 1,\n");
        plan.Append("  \"checkpoint\": ").Append(Quote(item.Path)).Append(",\n");
        plan.Append("  \"output\": ").Append(Quote(item.PackedFile)).Append(",\n");
        plan.Append("  \"report\": ").Append(Quote(item.Report)).Append(",\n");
        plan.Append("  \"stamp\": ").Append(Quote(item.Stamp)).Append(",\n");
        plan.Append("  \"cache\": ").Append(QuoteOrNull(item.Cache)).Append(",\n");
        plan.Append("  \"model\": ").Append(Quote(model)).Append(",\n");
        plan.Append("  \"threads\": ").Append(threads.ToString(CultureInfo.InvariantCulture)).Append(",\n");
        plan.Append("  \"options\": {").Append(string.Join(", ", item.Options.Select(option => $"{Quote(option.Key)}: {option.Value}"))).Append("},\n");
        plan.Append("  \"extensions\": [").Append(string.Join(", ", extensions.Select(Quote))).Append("],\n");
        plan.Append("  \"calibration\": ").Append(QuoteOrNull(item.Calibration)).Append(",\n");
        plan.Append("  \"targetBits\": ").Append(Number(item.TargetBits)).Append(",\n");
        plan.Append("  \"targetSize\": ").Append(item.TargetSize?.ToString(CultureInfo.InvariantCulture) ?? "null").Append(",\n");
        plan.Append("  \"maxOutputError\": ").Append(Number(item.MaxOutputError)).Append(",\n");
        plan.Append("  \"allocationCost\": ").Append(QuoteOrNull(item.AllocationCost)).Append(",\n");
        plan.Append("  \"allocationPlan\": ").Append(QuoteOrNull(item.AllocationPlan)).Append(",\n");
        plan.Append("  \"allocation\": ").Append(QuoteOrNull(item.Allocation)).Append(",\n");
        plan.Append("  \"runtimeLayouts\": [").Append(string.Join(", ", item.RuntimeLayouts.Select(Quote))).Append("],\n");
        plan.Append("  \"skip\": [").Append(string.Join(", ", item.Skip.Select(Quote))).Append("],\n");
        plan.Append("  \"foldBatchNorm\": ").Append(item.FoldBatchNorm ? "true" : "false").Append(",\n");
        plan.Append("  \"maxWeightError\": ").Append(Number(item.MaxWeightError)).Append(",\n");
        plan.Append("  \"manifests\": {");
        for (var i = 0; i < manifests.Count; i++)
        {
            plan.Append(i == 0 ? "\n" : ",\n").Append("    ").Append(Quote(manifests[i].Module)).Append(": ").Append(manifests[i].Json);
        }

        return plan.Append("\n  }\n}\n").ToString();
    }

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "null";

    private static string QuoteOrNull(string text) => text.Length == 0 ? "null" : Quote(text);

    /// <summary>A text as a JSON string.</summary>
    internal static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\')
            {
                quoted.Append('\\').Append(c);
            }
            else if (c < ' ')
            {
                quoted.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            }
            else
            {
                quoted.Append(c);
            }
        }

        return quoted.Append('"').ToString();
    }
}
