using System.Collections.Immutable;
using Reparam.Checkpoints;

namespace Reparam.Merging.Engine;

/// <summary>
/// Finds tensors that are one tensor under several names, such as an embedding and the head that shares its weight: they have the same bytes in every
/// checkpoint.
/// </summary>
internal static class TiedTensors
{
    private const int Prefix = 1 << 12;

    /// <summary>For each tensor that is tied to an earlier one by ordinal order, the first of its names.</summary>
    /// <param name="sources">All checkpoints.</param>
    /// <param name="names">Names of the merged tensors, in ordinal order.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static ImmutableDictionary<string, string> Find(SourceSet sources, ImmutableArray<string> names, CancellationToken cancellation)
    {
        var tied = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var candidates = names.Where(name => sources.Reference.Checkpoint.Info(name).ElementCount > 0)
            .GroupBy(name => sources.Reference.Checkpoint.Info(name).Describe(), StringComparer.Ordinal).Where(group => group.Skip(1).Any());
        foreach (var group in candidates.SelectMany(group => group.GroupBy(name => Start(sources, name), StringComparer.Ordinal)))
        {
            List<string> firsts = [];
            foreach (var name in group)
            {
                cancellation.ThrowIfCancellationRequested();
                if (firsts.Find(first => sources.All.All(source => source.Checkpoint.SameContent(first, name))) is { } first)
                {
                    tied.Add(name, first);
                }
                else
                {
                    firsts.Add(name);
                }
            }
        }

        return tied.ToImmutable();
    }

    // Almost all tensors differ in their first bytes, so almost none is read whole.
    private static string Start(SourceSet sources, string name)
    {
        var bytes = new byte[Math.Min(Prefix, sources.Inputs[^1].Checkpoint.Info(name).ByteLength)];
        sources.Inputs[^1].Checkpoint.Read(name, 0, bytes);
        return Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes));
    }
}
