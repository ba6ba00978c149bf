using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime;

/// <summary>A checkpoint, plain or packed, seen as weights by name.</summary>
internal sealed class CheckpointSource(ICheckpoint checkpoint, PackedFile? packed)
{
    public PackedFile? Packed => packed;

    public string Path => checkpoint.Path;

    private IEnumerable<string> Weights => packed is null ? checkpoint.Names : packed.CopiedNames.Concat(packed.Layers.Keys);

    public bool IsCoded(string name) => packed is not null && packed.Layers.ContainsKey(name);

    /// <summary>The input map of a dense weight and its state; null if the checkpoint has none.</summary>
    public (DenseInputMap Map, List<float[]> State)? InputMapOf(string name) => MapOf(name) is var (map, state)
        ? (map, [.. state.Select(ReadSingles)])
        : null;

    /// <summary>Finds the stored tensor of each component; several names of one tensor of the model hold the same bytes.</summary>
    /// <exception cref="CheckpointException">Something is missing, unexpected, ambiguous or of another shape or type; all is listed.</exception>
    public List<(List<string> Names, Tensor Target)> Match(ComponentCollector components)
    {
        var matches = new List<(List<string> Names, Tensor Target)>();
        var problems = new List<string>();
        problems.AddRange(components.Ambiguous.Select(name => $"ambiguous '{name}': two tensors of the model have this name"));
        foreach (var (target, names) in components.Components)
        {
            var stored = names.Where(Contains).ToList();
            if (stored.Count == 0)
            {
                if (names.All(DerivedTensors.MayBeMissing))
                {
                    continue;
                }

                problems.Add($"missing '{string.Join("' or '", names)}', expected {Layout.Describe(target.Shape)}");
                continue;
            }

            var problem = Problem(stored[0], target) ?? stored.Skip(1).Where(name => !SameBytes(stored[0], name))
                .Select(name => $"'{stored[0]}' and '{name}' differ, but are one tensor in the model").FirstOrDefault();
            if (problem is not null)
            {
                problems.Add(problem);
            }

            matches.Add((stored, target));
        }

        var mapped = matches.Where(match => match.Target is Parameter { MayBePacked: true })
            .SelectMany(match => match.Names)
            .SelectMany(StateBeside)
            .ToHashSet(StringComparer.Ordinal);
        problems.AddRange(Weights.Where(name => !components.Knows(name) && !mapped.Contains(name) && !MayBeIgnored(name))
            .Select(name => $"unexpected '{name}' {Layout.Describe(ShapeOf(name))}{Hint(name)}"));
        if (problems.Count > 0)
        {
            var count = problems.Count == 1 ? "" : $"{problems.Count} problems: ";
            throw new CheckpointException(checkpoint.Path, null, CheckpointRule.Model, count + string.Join("; ", problems));
        }

        return matches;
    }

    public float[] ReadSingles(string name) => packed is null ? checkpoint.ReadSingles(name) : packed.ReadSingles(name);

    /// <summary>Overwrites a tensor of any type.</summary>
    public void ReadInto(string name, Tensor target)
    {
        using var scope = Torch.NewDisposeScope();
        target.Copy_(target.Dtype switch
        {
            DType.Int64 when checkpoint.Info(name).DType == Checkpoints.DType.I64 => Torch.Tensor(checkpoint.ReadArray<long>(name), target.Shape),
            DType.Bool when checkpoint.Info(name).DType == Checkpoints.DType.Bool => Torch.Tensor(checkpoint.ReadArray<bool>(name), target.Shape),
            _ => Torch.Tensor(ReadSingles(name), target.Shape),
        });
    }

    private IEnumerable<string> StateBeside(string name) => MapOf(name) is var (_, state) ? state : [];

    private (DenseInputMap Map, string[] State)? MapOf(string name) => IsCoded(name) ? null : DenseInputMaps.Find(name, checkpoint.Contains);

    private static string Hint(string name) => name.Contains(".reparam.", StringComparison.Ordinal)
        ? ", state that a layer trains with: export the model with ExportDense"
        : "";

    private bool Contains(string name) => IsCoded(name) || checkpoint.Contains(name);

    private bool MayBeIgnored(string name) => !IsCoded(name) && DerivedTensors.ReasonToIgnore(checkpoint.Info(name)) is not null;

    private ReadOnlySpan<long> ShapeOf(string name) => IsCoded(name) ? packed!.Layers[name].Shape.AsSpan() : checkpoint.Info(name).Shape.AsSpan();

    private string? Problem(string name, Tensor target)
    {
        if (!ShapeOf(name).SequenceEqual(target.Shape))
        {
            return $"'{name}': found shape {Layout.Describe(ShapeOf(name))}, expected {Layout.Describe(target.Shape)}";
        }

        return IsCoded(name) || ElementConversion.CanConvertToSingle(checkpoint.Info(name).DType)
            ? null
            : $"'{name}': found {checkpoint.Info(name).Describe()}, expected a type that converts to {target.Dtype}";
    }

    private bool SameBytes(string first, string second) => IsCoded(first) || IsCoded(second)
        ? IsCoded(first) && IsCoded(second) && packed!.SameCoding(first, second)
        : checkpoint.SameContent(first, second);
}
