using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime;

/// <summary>
/// Fills a model from a checkpoint: safetensors, sharded safetensors or a packed file. Strict: every tensor of the model must be there in its
/// shape, and nothing else but what <see cref="DerivedTensors"/> lists.
/// </summary>
public static class CheckpointLoader
{
    /// <summary>Fills every weight and buffer of a model, with <see cref="Verify.Quick"/>.</summary>
    /// <param name="root">The model.</param>
    /// <param name="path">A safetensors file (plain or packed), the index of shards, or a folder with one of either.</param>
    /// <exception cref="CheckpointException">As for the other overload.</exception>
    public static void Load(Module root, string path) => Load(root, path, Verify.Quick);

    /// <summary>
    /// Fills every weight and buffer of a model. The files are read, not mapped: the model has its own memory, and nothing that happens to the files later
    /// reaches it. Names and shapes are checked before anything is filled; a model that another error left half filled is not to be used.
    /// </summary>
    /// <param name="root">The model.</param>
    /// <param name="path">A safetensors file (plain or packed), the index of shards, or a folder with one of either.</param>
    /// <param name="verify">How much of the files is held against their checksums.</param>
    /// <exception cref="CheckpointException">
    /// The file cannot be read, is written to meanwhile, or breaks a rule of its format or version; it is not what its checksums say; tensors are missing,
    /// unexpected or of another shape (all are listed); or a packed weight does not give its check values. With <see cref="Verify.Full"/> also: it has no
    /// checksums.
    /// </exception>
    public static void Load(Module root, string path, Verify verify)
    {
        ArgumentNullException.ThrowIfNull(root);
        using var checkpoint = Checkpoint.Open(path);
        if (verify == Verify.Full && ContentVerification.Verify(checkpoint) is null)
        {
            throw new CheckpointException(
                checkpoint.Path, null, CheckpointRule.Checksum,
                $"found no checksums, expected them with {nameof(Verify)}.{nameof(Verify.Full)}: plain files and those of earlier versions have none");
        }

        using var packed = PackedFile.IsPacked(checkpoint) ? PackedFile.Of(checkpoint) : null;
        var source = new CheckpointSource(checkpoint, packed);
        using var prepacked = packed is null ? null : PrepackedFile.Find(packed, PackedKernels.Current);
        BatchNormRemoval.Apply(root, checkpoint);
        var components = new ComponentCollector();
        root.Accept(components);
        var matches = source.Match(components);
        var canaries = packed is null ? null : new LoadedCanaries(packed);
        foreach (var (names, target) in matches)
        {
            Fill(source, prepacked, canaries, names, target);
        }

        checkpoint.RequireUnchanged();
        root.IsFilled = true;
        components.Modules.ForEach(module => module.IsFilled = true);
    }

    private static void Fill(CheckpointSource source, PrepackedFile? prepacked, LoadedCanaries? canaries, IReadOnlyList<string> names, Tensor target)
    {
        var name = names[0];
        switch (target)
        {
            case Parameter { MayBePacked: true } parameter when source.IsCoded(name):
                var (matrix, parts) = Pack(source.Packed!, prepacked, name, parameter.Groups);
                try
                {
                    canaries!.Check(names, matrix, parts);
                }
                catch (CheckpointException) when (parts[0].IsPrepacked)
                {
                    // The prepacked form is what was written, but written wrongly. The packed file has everything.
                    (matrix, parts) = Pack(source.Packed!, null, name, parameter.Groups);
                    canaries!.Check(names, matrix, parts);
                }

                parameter.Fill(parts);
                return;
            case not Parameter { MayBePacked: true } when source.IsCoded(name) && source.Packed!.Layers[name].RoundsInputs:
                throw new CheckpointException(
                    source.Packed.Path, name, CheckpointRule.Model,
                    "found a weight whose product rounds its inputs, expected one of a linear layer, a convolution or an embedding: this part of the "
                        + "model would not round them");
            case Parameter { MayBePacked: true } parameter when source.InputMapOf(name) is var (map, state):
                parameter.Fill(MapInputs(source, name, parameter, map, state));
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

    private static PackedMatrix[] MapInputs(CheckpointSource source, string name, Parameter parameter, DenseInputMap map, List<float[]> state)
    {
        var (rows, channels) = ((int)parameter.Shape[0], (int)parameter.Shape[1]);
        var weights = source.ReadSingles(name);
        var matrix = new DenseMatrix(rows, weights.Length / rows, weights);
        var part = rows / parameter.Groups;
        try
        {
            return [.. Enumerable.Range(0, parameter.Groups).Select(group => map.Create(matrix, group * part, part, channels, state))];
        }
        catch (Exception exception) when (exception is ArgumentException or ArithmeticException or OutOfMemoryException)
        {
            throw new CheckpointException(source.Path, name, CheckpointRule.Model, $"the layer's inputs cannot be mapped: {exception.Message}", exception);
        }
    }

    private static (CodedMatrix Matrix, PackedMatrix[] Parts) Pack(PackedFile packed, PrepackedFile? prepacked, string name, int groups)
    {
        try
        {
            return PackUnguarded(packed, prepacked, name, groups);
        }
        catch (AggregateException exception) when (exception.InnerException is CheckpointException cause)
        {
            // Codes that are read when they are first touched may be touched by several threads.
            throw new CheckpointException(cause.File, cause.Tensor, cause.Rule, cause.Detail, exception);
        }
        catch (Exception exception) when (exception is ArgumentException or ArithmeticException or OutOfMemoryException)
        {
            throw new CheckpointException(packed.Path, name, CheckpointRule.Packed, $"the weight cannot be prepacked: {exception.Message}", exception);
        }
    }

    private static (CodedMatrix Matrix, PackedMatrix[] Parts) PackUnguarded(PackedFile packed, PrepackedFile? prepacked, string name, int groups)
    {
        if (groups == 1 && prepacked?.Find(name) is { } stored)
        {
            var whole = packed.ReadMatrixLazily(name);
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
