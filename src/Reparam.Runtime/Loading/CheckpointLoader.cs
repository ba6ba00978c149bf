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
        foreach (var (names, target) in matches)
        {
            Fill(source, streams, names[0], target);
        }

        packed?.VerifyCanaries((name, x, y) => Multiply(matches.First(match => match.Names.Contains(name)).Target, x, y));
    }

    // A canary that was decoded to a dense weight is checked by the same product in single precision.
    private static void Multiply(Tensor weight, float[] x, float[] y)
    {
        if (weight is Parameter { Packed: { } parts })
        {
            var start = 0;
            foreach (var part in parts)
            {
                part.Multiply(x, y.AsSpan(start, part.Rows), 1);
                start += part.Rows;
            }

            return;
        }

        Kernels.LinearKernel.Run(Torch.Tensor(x), weight.Reshape(weight.Shape[0], -1), null).Span<float>().CopyTo(y);
    }

    private static void Fill(CheckpointSource source, StreamFile? streams, string name, Tensor target)
    {
        switch (target)
        {
            case Parameter { MayBePacked: true } parameter when source.IsCoded(name):
                parameter.Fill(Pack(source.Packed!, streams, name, parameter.Groups));
                break;
            case Parameter { Dtype: DType.Float32 } parameter:
                parameter.Fill(source.ReadSingles(name));
                break;
            default:
                source.ReadInto(name, target);
                break;
        }
    }

    private static PackedMatrix[] Pack(PackedFile packed, StreamFile? streams, string name, int groups)
    {
        if (groups == 1 && streams?.Find(name) is { } stored)
        {
            // A row stream takes little of the matrix: its codes stay on the disk.
            var whole = packed.Layers[name].Layout == PackedLayout.Row ? packed.MapMatrix(name) : packed.ReadMatrix(name);
            return [PackedMatrix.Create(whole, 0, whole.Rows, stored: stored)];
        }

        var matrix = packed.ReadMatrix(name);
        var parts = new PackedMatrix[groups];
        for (var group = 0; group < groups; group++)
        {
            parts[group] = PackedMatrix.Create(matrix, group * (matrix.Rows / groups), matrix.Rows / groups);
        }

        return parts;
    }
}
