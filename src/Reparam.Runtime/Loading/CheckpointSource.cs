using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime;

/// <summary>A checkpoint, plain or packed, seen as weights by name.</summary>
internal sealed class CheckpointSource(ICheckpoint checkpoint, PackedFile? packed)
{
    public PackedFile? Packed => packed;

    private IEnumerable<string> Weights => packed is null ? checkpoint.Names : packed.CarriedNames.Concat(packed.Layers.Keys);

    public bool IsCoded(string name) => packed is not null && packed.Layers.ContainsKey(name);

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

        problems.AddRange(Weights.Where(name => !components.Knows(name) && !MayBeIgnored(name)).Select(name => $"unexpected '{name}' {Layout.Describe(ShapeOf(name))}"));
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
