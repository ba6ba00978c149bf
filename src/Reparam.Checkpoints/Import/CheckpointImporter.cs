using Reparam.Checkpoints.Import.Llama2c;
using Reparam.Checkpoints.Import.Onnx;
using Reparam.Checkpoints.Import.PyTorch;
using Reparam.Checkpoints.Safetensors;
using Reparam.Checkpoints.Sharding;

namespace Reparam.Checkpoints.Import;

/// <summary>Converts foreign checkpoints to safetensors.</summary>
public static class CheckpointImporter
{
    private const string ReservedName = "__metadata__";

    /// <summary>Converts a file. The result is written atomically and has the same bytes on every run.</summary>
    /// <param name="path">The foreign file.</param>
    /// <param name="destination">The safetensors file to write; its folder must exist.</param>
    /// <param name="options">What to take, and under which names; null for everything.</param>
    /// <param name="progress">Told after each tensor, on the calling thread when it is synchronous itself.</param>
    /// <param name="cancellationToken">Ends the import; nothing is left behind.</param>
    /// <exception cref="CheckpointException">
    /// The file cannot be read, breaks a rule of its format, or holds a tensor that the result cannot hold and that is not skipped; or the result cannot be
    /// written.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ImportSummary Import(
        string path, string destination, ImportOptions? options = null, IProgress<ImportProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        options ??= new ImportOptions();
        RequireOther(path, destination, options);
        if (!Directory.Exists(path))
        {
            InputFile.RequireFile(path);
        }

        var found = options.Format == ImportFormat.Auto ? Detect(path) : Require(path, options.Format);
        var selection = new ImportSelection(options);
        if (options.Key is not null && found != ImportFormat.PyTorch)
        {
            throw new CheckpointException(
                path, null, CheckpointRule.Import,
                $"found the key '{options.Key}' for a file of another format, expected keys for PyTorch files alone");
        }

        using var source = Open(path, found, selection);
        foreach (var other in source.OtherFiles)
        {
            RequireOther(other, destination, options);
        }

        var writer = new SafetensorsWriter();
        var done = 0;
        long elements = 0;
        foreach (var (info, write) in source.Tensors)
        {
            var name = selection.ResultName(info.Name);
            RequireName(path, info.Name, name, writer);
            writer.Add(name, info.DType, info.Shape.AsSpan(), (stream, cancellation) =>
            {
                write(stream, cancellation);
                progress?.Report(new ImportProgress(++done, source.Tensors.Count, name));
            });
            elements += info.ElementCount;
        }

        if (writer.Count == 0)
        {
            throw new CheckpointException(path, null, CheckpointRule.Import, "found no tensors to import, expected at least one");
        }

        foreach (var (key, value) in source.Metadata)
        {
            writer.SetMetadata(key, value);
        }

        var written = ShardedWriter.Write(writer, destination, options.ShardBytes, cancellationToken);
        return new ImportSummary(found, source.Tensors.Count, elements, selection.LeftOut.Sentences, selection.UnusedPatterns) { Written = written };
    }

    private static void RequireOther(string source, string destination, ImportOptions options)
    {
        SourceGuard.RequireOther(source, destination);
        if (options.ShardBytes is not null)
        {
            SourceGuard.RequireOtherShards(source, destination);
        }
    }

    /// <summary>Finds the format of a file from its content.</summary>
    /// <exception cref="CheckpointException">The file cannot be read, or is of no format that can be imported; the message says what it is.</exception>
    public static ImportFormat Detect(string path) => FileFormats.Recognise(path) switch
    {
        { Format: { } format } => format,
        { } kind => throw new CheckpointException(
            path, null, CheckpointRule.Import, $"found {kind.Name}, expected a PyTorch, ONNX or llama2.c file: {kind.Advice}"),
        null => throw new CheckpointException(
            path, null, CheckpointRule.Import,
            "found none of the formats that can be imported: PyTorch (zip, TorchScript, legacy, tar), ONNX, llama2.c (legacy)"),
    };

    // The user's word goes where the content says nothing.
    private static ImportFormat Require(string path, ImportFormat format) =>
        FileFormats.Recognise(path) is { } kind && kind.Format != format
            ? throw new CheckpointException(path, null, CheckpointRule.Import, $"found {kind.Name}, expected a file of the format {format}: {kind.Advice}")
            : format;

    private static IForeignCheckpoint Open(string path, ImportFormat format, ImportSelection selection) => format switch
    {
        ImportFormat.PyTorch => TorchFile.Open(path, selection),
        ImportFormat.Onnx => OnnxFile.Open(path, selection),
        _ => Llama2cFile.Open(path, selection),
    };

    private static void RequireName(string path, string nameInFile, string name, SafetensorsWriter writer)
    {
        var problem = name.Length == 0 ? "found an empty name, expected a name"
            : name == ReservedName ? $"found the name '{ReservedName}', which safetensors keeps for itself"
            : null;
        if (problem is not null)
        {
            throw new CheckpointException(path, nameInFile, CheckpointRule.Import, $"{problem}; --skip leaves it out");
        }

        if (writer.Contains(name))
        {
            var once = name == nameInFile ? "" : " once the prefix is taken off";
            throw new CheckpointException(path, name, CheckpointRule.UniqueName, $"found the name twice{once}; --skip leaves out what has it");
        }
    }
}
