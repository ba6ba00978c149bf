using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime;

/// <summary>
/// Fills a model from a checkpoint: safetensors, sharded safetensors or a packed file. Strict: every tensor of the model must be there in its
/// shape, and nothing else.
/// </summary>
public static class CheckpointLoader
{
    /// <summary>Fills every weight and buffer of a model. Nothing is filled when anything is wrong.</summary>
    /// <param name="root">The model.</param>
    /// <param name="path">A safetensors file (plain or packed), the index of shards, or a folder with one of either.</param>
    /// <exception cref="CheckpointException">
    /// The file cannot be read or breaks a rule of its format or version; tensors are missing, unexpected or of another shape (all are listed); or a
    /// packed weight does not give its check values.
    /// </exception>
    public static void Load(Module root, string path)
    {
        ArgumentNullException.ThrowIfNull(root);
        using var checkpoint = Checkpoint.Open(path);
        using var packed = PackedFile.IsPacked(checkpoint) ? PackedFile.Of(checkpoint) : null;
        var source = new CheckpointSource(checkpoint, packed);
        var streams = packed is null ? null : StreamFile.Find(packed, PackedKernels.Current);
        var components = new ComponentCollector();
        root.Accept(components);
        var matches = source.Match(components);
        var canaries = packed is null ? null : new LoadedCanaries(packed);
        foreach (var (names, target) in matches)
        {
            Fill(source, streams, canaries, names, target);
        }
    }

    private static void Fill(CheckpointSource source, StreamFile? streams, LoadedCanaries? canaries, IReadOnlyList<string> names, Tensor target)
    {
        var name = names[0];
        switch (target)
        {
            case Parameter { MayBePacked: true } parameter when source.IsCoded(name):
                var (matrix, parts) = Pack(source.Packed!, streams, name, parameter.Groups);
                parameter.Fill(parts);
                canaries!.Check(names, matrix, parts);
                return;
            case Parameter { Dtype: DType.Float32 } parameter:
                parameter.Fill(source.ReadSingles(name));
                break;
            default:
                source.ReadInto(name, target);
                break;
        }

        if (source.IsCoded(name))
        {
            canaries!.Check(names, target);
        }
    }

    private static (CodedMatrix Matrix, PackedMatrix[] Parts) Pack(PackedFile packed, StreamFile? streams, string name, int groups)
    {
        if (groups == 1 && streams?.Find(name) is { } stored)
        {
            // A row stream takes little of the matrix: its codes stay on the disk.
            var whole = packed.Layers[name].Layout == PackedLayout.Row ? packed.MapMatrix(name) : packed.ReadMatrix(name);
            return (whole, [PackedMatrix.Create(whole, 0, whole.Rows, stored: stored)]);
        }

        var matrix = packed.ReadMatrix(name);
        var parts = new PackedMatrix[groups];
        for (var group = 0; group < groups; group++)
        {
            parts[group] = PackedMatrix.Create(matrix, group * (matrix.Rows / groups), matrix.Rows / groups);
        }

        return (matrix, parts);
    }
}
