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
        foreach (var name in source.Names)
        {
            foreach (var suffix in PackedFormat.Suffixes)
            {
                if (name.EndsWith(suffix, StringComparison.Ordinal) && coded.Contains(name[..^suffix.Length]))
                {
                    throw new CheckpointException(
                        source.Path, name, CheckpointRule.Packed,
                        $"found a tensor of this name, expected none: it is that of a part of the coded weight '{name[..^suffix.Length]}'. Rename it, or leave the weight out of coding");
                }
            }

            if (!coded.Contains(name) && AreLostPlanes(source, name))
            {
                throw new CheckpointException(
                    source.Path, name, CheckpointRule.Packed,
                    $"found {source.Info(name).Describe()}, expected no tensor of this name and form: it would be taken for the sign planes of a coded weight. Rename it");
            }
        }
    }

    /// <summary>Whether a tensor looks like the sign planes of a coded weight: a carried tensor of that name, type and rank would be a strange accident.</summary>
    internal static bool AreLostPlanes(ICheckpoint checkpoint, string name)
    {
        if (!name.EndsWith(PackedFormat.CodesSuffix, StringComparison.Ordinal))
        {
            return false;
        }

        var info = checkpoint.Info(name);
        return info.Shape.Length == 3 && (info.DType == DType.U32 ||
            (info.DType == DType.U8 && checkpoint.Contains(name[..^PackedFormat.CodesSuffix.Length] + PackedFormat.SuperScalesSuffix)));
    }
}
