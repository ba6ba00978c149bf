using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Reparam.Build.Plans;

/// <summary>Writes the plan of a merge that the worker reads; docs/merging.md has its form.</summary>
internal static class MergeDocument
{
    /// <summary>The same input gives the same text.</summary>
    public static string Write(MergeItem item, int threads, IReadOnlyList<string> extensions)
    {
        var plan = new StringBuilder();
        plan.Append("{\n");
        plan.Append("  \"version\": 1,\n");
        plan.Append("  \"method\": ").Append(PlanDocument.Quote(item.Method)).Append(",\n");
        plan.Append("  \"inputs\": ").Append(List(item.Inputs)).Append(",\n");
        plan.Append("  \"base\": ").Append(OrNull(item.Base)).Append(",\n");
        plan.Append("  \"output\": ").Append(PlanDocument.Quote(item.MergedFile)).Append(",\n");
        plan.Append("  \"stamp\": ").Append(PlanDocument.Quote(item.Stamp)).Append(",\n");
        plan.Append("  \"threads\": ").Append(threads.ToString(CultureInfo.InvariantCulture)).Append(",\n");
        plan.Append("  \"dType\": ").Append(OrNull(item.DType)).Append(",\n");
        plan.Append("  \"keep\": ").Append(List(item.Keep)).Append(",\n");
        plan.Append("  \"skip\": ").Append(List(item.Skip)).Append(",\n");
        plan.Append("  \"extensions\": ").Append(List(extensions)).Append(",\n");
        plan.Append("  \"options\": {");
        plan.Append(string.Join(",", item.Options.Select(option => $"\n    {PlanDocument.Quote(option.Key)}: {PlanDocument.Quote(option.Value)}")));
        return plan.Append(item.Options.Count == 0 ? "}\n}\n" : "\n  }\n}\n").ToString();
    }

    private static string OrNull(string text) => text.Length == 0 ? "null" : PlanDocument.Quote(text);

    private static string List(IEnumerable<string> texts) => "[" + string.Join(", ", texts.Select(PlanDocument.Quote)) + "]";
}
