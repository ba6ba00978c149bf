using System.IO.Enumeration;
using Reparam.Checkpoints;

namespace Reparam.Compression.Plans;

/// <summary>The tensors that an item leaves out on purpose.</summary>
public static class LeftOutTensors
{
    /// <summary>Names that one of the plan's patterns matches, whole; <c>*</c> stands for any letters, <c>?</c> for one.</summary>
    public static IReadOnlySet<string> Of(ICheckpoint checkpoint, BuildPlan plan)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(plan);
        return checkpoint.Names.Where(name => (plan.Skip ?? []).Any(pattern => Matches(pattern, name))).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Patterns that match no tensor: each is likely a slip.</summary>
    public static IReadOnlyList<string> Unmatched(ICheckpoint checkpoint, BuildPlan plan)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(plan);
        return [.. (plan.Skip ?? []).Where(pattern => !checkpoint.Names.Any(name => Matches(pattern, name)))];
    }

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}
