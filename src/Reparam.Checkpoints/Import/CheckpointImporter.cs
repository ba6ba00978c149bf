using System.Buffers.Binary;
using Reparam.Checkpoints.Import.Llama2c;
using Reparam.Checkpoints.Import.PyTorch;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Import;

/// <summary>Converts foreign checkpoints to safetensors.</summary>
public static class CheckpointImporter
{
    /// <summary>Converts a file. The result is written atomically and has the same bytes on every run.</summary>
    /// <param name="path">The foreign file.</param>
    /// <param name="destination">The safetensors file to write; its folder must exist.</param>
    /// <param name="format">The format, or <see cref="ImportFormat.Auto"/>.</param>
    /// <param name="stripPrefix">Taken off the names of all tensors that start with it, such as <c>module.</c>; empty for none.</param>
    /// <param name="progress">Told after each tensor, on the calling thread when it is synchronous itself.</param>
    /// <param name="cancellationToken">Ends the import; nothing is left behind.</param>
    /// <exception cref="CheckpointException">The file cannot be read, breaks a rule of its format, or the result cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ImportSummary Import(
        string path, string destination, ImportFormat format = ImportFormat.Auto, string stripPrefix = "",
        IProgress<ImportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        SourceGuard.RequireOther(path, destination);
        var found = format == ImportFormat.Auto ? Detect(path) : format;
        using IForeignCheckpoint source = found == ImportFormat.PyTorch ? TorchFile.Open(path) : Llama2cFile.Open(path);
        var writer = new SafetensorsWriter();
        var done = 0;
        long elements = 0;
        foreach (var (info, write) in source.Tensors)
        {
            var name = stripPrefix.Length > 0 && info.Name.StartsWith(stripPrefix, StringComparison.Ordinal) ? info.Name[stripPrefix.Length..] : info.Name;
            if (writer.Contains(name))
            {
                var once = stripPrefix.Length == 0 ? "" : $" once '{stripPrefix}' is taken off";
                throw new CheckpointException(path, name, CheckpointRule.UniqueName, $"found the name twice{once}");
            }

            writer.Add(name, info.DType, info.Shape.AsSpan(), (stream, cancellation) =>
            {
                write(stream, cancellation);
                progress?.Report(new ImportProgress(++done, source.Tensors.Count, name));
            });
            elements += info.ElementCount;
        }

        foreach (var (key, value) in source.Metadata)
        {
            writer.SetMetadata(key, value);
        }

        writer.Write(destination, cancellationToken);
        return new ImportSummary(found, source.Tensors.Count, elements, source.Skipped);
    }

    /// <summary>Finds the format of a file from its first bytes.</summary>
    /// <exception cref="CheckpointException">The file cannot be read, or is of no known format.</exception>
    public static ImportFormat Detect(string path)
    {
        var start = new byte[Llama2cHeader.Length];
        var length = ReadStart(path, start);
        if (length == start.Length && Llama2cHeader.IsPlausible(start))
        {
            return ImportFormat.Llama2c;
        }

        if (TorchZipData.IsPlausible(start) || TorchLegacyData.IsPlausible(start))
        {
            return ImportFormat.PyTorch;
        }

        if (length > 8 && start[8] == (byte)'{' && BinaryPrimitives.ReadUInt64LittleEndian(start) <= SafetensorsHeader.MaxLength)
        {
            throw new CheckpointException(path, null, CheckpointRule.Import, "found a safetensors file, expected a foreign one: it needs no import");
        }

        throw new CheckpointException(
            path, null, CheckpointRule.Import,
            "found none of the formats that can be imported: llama2.c (legacy), PyTorch (zip or legacy)");
    }

    private static int ReadStart(string path, byte[] start)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }
        catch (Exception exception) when (AtomicFile.IsFileSystemError(exception))
        {
            throw new CheckpointException(path, null, CheckpointRule.Readable, $"the file cannot be read: {exception.Message}", exception);
        }
    }
}
