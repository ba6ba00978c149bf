namespace Reparam.Checkpoints.Packed;

/// <summary>Names that a packed file gives to the parts of coded weights: no other tensor of the source may have one of them.</summary>
public static class PackedNames
{
    /// <summary>Refuses a checkpoint in which a tensor has the name of a part of a weight that is to be coded, or would be taken for one.</summary>
    /// <param name="source">The dense checkpoint.</param>
    /// <param name="coded">Names of the weights that are coded.</param>
    /// <exception cref="CheckpointException">There is such a tensor; the first one is named.</exception>
    public static void RequireFree(ICheckpoint source, IReadOnlySet<string> coded)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(coded);
        var suffixes = PackedFormats.Suffixes;
        foreach (var name in source.Names)
        {
            foreach (var suffix in suffixes)
            {
                if (name.EndsWith(suffix, StringComparison.Ordinal) && coded.Contains(name[..^suffix.Length]))
                {
                    throw new CheckpointException(
                        source.Path, name, CheckpointRule.Packed,
                        $"found a tensor of this name, expected none: it is that of a part of the coded weight '{name[..^suffix.Length]}'. Rename it, or "
                            + "leave the weight out of coding");
                }
            }

            if (!coded.Contains(name) && LostWeight(source, name) is not null)
            {
                throw new CheckpointException(
                    source.Path, name, CheckpointRule.Packed,
                    $"found {source.Info(name).Describe()}, expected no tensor of this name and form: it would be taken for a part of a coded "
                        + "weight. Rename it");
            }
        }
    }

    /// <summary>
    /// The weight that a tensor would be a part of, where its name, type and shape leave no doubt: a copied tensor that looks so would be a strange accident.
    /// </summary>
    internal static string? LostWeight(ICheckpoint checkpoint, string tensor)
    {
        foreach (var format in PackedFormats.All)
        {
            if (format.LostWeight(checkpoint, tensor) is { } weight)
            {
                return weight;
            }
        }

        return null;
    }
}
