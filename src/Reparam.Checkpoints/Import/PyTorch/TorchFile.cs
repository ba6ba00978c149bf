using Microsoft.Win32.SafeHandles;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>
/// What PyTorch saved: a state dictionary, a module or any object with tensors, in the zip format, in TorchScript's, in the older row of pickles or in a tar
/// file.
/// No code of the file is run.
/// </summary>
internal sealed class TorchFile : IForeignCheckpoint
{
    // Expanded and shared views may take more bytes than the file; a few bytes could ask for any amount.
    private const long FreeOutput = 64L << 20;
    private const int OutputRatio = 100;
    private const int LongestMessage = 2000;

    private readonly string path;
    private readonly ITorchData data;

    private TorchFile(string path, ITorchData data, StateDict state, long fileLength)
    {
        this.path = path;
        this.data = data;
        Tensors = [.. state.Tensors.Select(tensor => Describe(tensor.Key, tensor.Value))];
        Metadata = state.Metadata;
        RequireBounded(state, fileLength);
    }

    public IReadOnlyList<TensorToWrite> Tensors { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <exception cref="CheckpointException">The file cannot be read, breaks its format, or holds no tensors.</exception>
    public static TorchFile Open(string path, ImportSelection selection)
    {
        SafeFileHandle? handle = null;
        ITorchData? data = null;
        try
        {
            handle = File.OpenHandle(path);
            var fileLength = RandomAccess.GetLength(handle);
            var start = new byte[TorchTarData.StartLength];
            new FileRange(handle, 0, fileLength).Read(0, start.AsSpan(0, (int)Math.Min(start.Length, fileLength)));
            object? root, constants = null;
            if (TorchZipData.IsPlausible(start))
            {
                (root, constants, data) = TorchZipData.Read(handle);
            }
            else if (TorchLegacyData.IsPlausible(start))
            {
                (root, data) = TorchLegacyData.Read(handle);
            }
            else if (TorchTarData.IsPlausible(start))
            {
                (root, data) = TorchTarData.Read(handle);
            }
            else
            {
                throw new FormatException("found neither a zip archive nor a tar file nor the magic number of PyTorch");
            }

            return new TorchFile(path, data, StateDict.Of(root, constants, selection), fileLength);
        }
        catch (Exception exception)
        {
            data?.Dispose();
            handle?.Dispose();
            if (exception is FormatException or InvalidDataException or EndOfStreamException)
            {
                // The message may hold a text of the file, of whatever length.
                throw new CheckpointException(path, null, CheckpointRule.Import, PickleText.Shorten(exception.Message, LongestMessage), exception);
            }

            if (AtomicFile.IsFileSystemError(exception))
            {
                throw new CheckpointException(path, null, CheckpointRule.Readable, $"the file cannot be read: {exception.Message}", exception);
            }

            throw;
        }
    }

    public void Dispose() => data.Dispose();

    private TensorToWrite Describe(string name, object value)
    {
        if (value is TorchUnsupported unsupported)
        {
            throw Refused(name, $"found {unsupported.What}, expected a plain dense tensor");
        }

        var tensor = (TorchTensor)value;
        if ((tensor.Problem() ?? data.Problem(tensor.Storage)) is { } problem)
        {
            throw Refused(name, problem);
        }

        var info = new TensorInfo(name, tensor.Storage.Type.DType!.Value, tensor.Shape);
        return new TensorToWrite(info, (destination, cancellationToken) =>
        {
            try
            {
                var source = data.Locate(tensor.Storage);
                new StridedCopy(source, destination, tensor.Storage.Type.Bytes, SignBits.Transform(tensor), cancellationToken).Copy(tensor);
            }
            catch (Exception exception) when (exception is FormatException or InvalidDataException or EndOfStreamException)
            {
                throw new CheckpointException(path, name, CheckpointRule.Import, exception.Message, exception);
            }
        });
    }

    private CheckpointException Refused(string name, string problem) =>
        new(path, name, CheckpointRule.Import, $"{PickleText.Shorten(problem, LongestMessage)}; --skip leaves it out");

    private void RequireBounded(StateDict state, long fileLength)
    {
        var written = Tensors.Aggregate(Int128.Zero, (sum, tensor) => sum + tensor.Info.ByteLength);
        var unpacked = state.Tensors
            .Select(tensor => ((TorchTensor)tensor.Value).Storage)
            .DistinctBy(storage => storage.Key)
            .Aggregate(Int128.Zero, (sum, storage) => sum + data.PackedLength(storage));
        var most = FreeOutput + (OutputRatio * (Int128)fileLength);
        if (written > most || unpacked > most)
        {
            throw new CheckpointException(
                path, null, CheckpointRule.Import,
                $"found tensors of {written} bytes, {unpacked} unpacked, in a file of {fileLength}, expected at most {most}; --skip leaves out what is "
                    + "expanded");
        }
    }
}
