using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>A state dictionary saved by PyTorch, in the zip format or the older one. No code of the file is run.</summary>
internal sealed class TorchFile : IForeignCheckpoint
{
    private readonly ITorchData data;

    private TorchFile(string path, ITorchData data, StateDict state)
    {
        this.data = data;
        Tensors = [.. state.Tensors.Select(tensor => Describe(path, tensor.Key, tensor.Value))];
        Metadata = state.Metadata;
        Skipped = state.Skipped;
    }

    public IReadOnlyList<TensorToWrite> Tensors { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    public IReadOnlyList<string> Skipped { get; }

    /// <exception cref="CheckpointException">The file cannot be read, breaks its format, or holds no dictionary of tensors.</exception>
    public static TorchFile Open(string path)
    {
        FileStream? stream = null;
        ITorchData? data = null;
        try
        {
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
            var start = new byte[16];
            stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            stream.Position = 0;
            object? root;
            (root, data) = TorchZipData.IsPlausible(start) ? ((object?, ITorchData))TorchZipData.Read(stream)
                : TorchLegacyData.IsPlausible(start) ? TorchLegacyData.Read(stream)
                : throw new FormatException("found neither a zip archive nor the magic number of PyTorch");
            return new TorchFile(path, data, StateDict.Of(root));
        }
        catch (Exception exception)
        {
            data?.Dispose();
            stream?.Dispose();
            if (exception is FormatException or InvalidDataException or EndOfStreamException)
            {
                throw new CheckpointException(path, null, CheckpointRule.Import, exception.Message, exception);
            }

            if (AtomicFile.IsFileSystemError(exception))
            {
                throw new CheckpointException(path, null, CheckpointRule.Readable, $"the file cannot be read: {exception.Message}", exception);
            }

            throw;
        }
    }

    public void Dispose() => data.Dispose();

    private TensorToWrite Describe(string path, string name, TorchTensor tensor)
    {
        if (tensor.Problem() is { } problem)
        {
            throw new CheckpointException(path, name, CheckpointRule.Import, problem);
        }

        var info = new TensorInfo(name, tensor.Storage.DType, tensor.Shape);
        return new TensorToWrite(info, (destination, cancellationToken) =>
        {
            try
            {
                using var source = data.Open(tensor.Storage, tensor.Offset);
                StridedCopy.Copy(source, destination, tensor, cancellationToken);
            }
            catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or NotSupportedException)
            {
                throw new CheckpointException(path, name, CheckpointRule.Import, exception.Message, exception);
            }
        });
    }
}
