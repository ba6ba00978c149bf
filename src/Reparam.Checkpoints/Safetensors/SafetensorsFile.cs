using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Reparam.Checkpoints.Import;

namespace Reparam.Checkpoints.Safetensors;

/// <summary>
/// A safetensors file. Opening reads and checks the header only (docs/formats/safetensors.md); a tensor's bytes are read when they are asked for. Nothing is
/// mapped: a file that is shortened or overwritten by others gives an error or other bytes, which its checksums tell where it has some, and never ends the
/// process.
/// </summary>
public sealed class SafetensorsFile : ICheckpoint
{
    private readonly SafeFileHandle handle;
    private readonly SafetensorsHeader header;
    private readonly long dataStart;
    private readonly long length;
    private readonly DateTime lastWrite;

    private SafetensorsFile(string path, SafeFileHandle handle, SafetensorsHeader header, long dataStart, long length, DateTime lastWrite)
    {
        Path = path;
        this.handle = handle;
        this.header = header;
        this.dataStart = dataStart;
        this.length = length;
        this.lastWrite = lastWrite;
        Names = [.. header.InDataOrder.Select(tensor => tensor.Info.Name)];
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Whether the file has checksums (<see cref="ContentChecksum"/>). That of the header has been checked then.</summary>
    public bool HasChecksums => header.Checksums is not null;

    /// <summary>Bytes of length prefix, header and padding.</summary>
    internal long HeaderBytes => dataStart;

    /// <summary>Opens and checks a file.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <exception cref="CheckpointException">
    /// The file cannot be read, or breaks a rule of the format, or its header does not have the checksum that it says.
    /// </exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        InputFile.RequireFile(path);
        SafeFileHandle? handle = null;
        try
        {
            // Others may write: what they change is found when it is read, see RequireUnchanged.
            handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var (length, lastWrite) = (RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle));
            Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixLength];
            prefix = prefix[..(int)Math.Min(length, prefix.Length)];
            Read(handle, path, prefix, 0, length);
            var bytes = new byte[SafetensorsHeader.PrefixLength + SafetensorsHeader.ReadLength(path, prefix, length)];
            Read(handle, path, bytes, 0, length);

            // The length could be another one by now; the header that is parsed must be the one that its length was checked for.
            if (!bytes.AsSpan().StartsWith(prefix))
            {
                throw Changed(path);
            }

            var opened = new SafetensorsFile(path, handle, SafetensorsHeader.Parse(path, bytes, length - bytes.Length), bytes.Length, length, lastWrite);
            handle = null;
            return opened;
        }
        catch (CheckpointException exception)
            when (exception.Rule is CheckpointRule.HeaderLength or CheckpointRule.HeaderStart && FileFormats.Recognise(path) is { IsSafetensors: false } kind)
        {
            throw new CheckpointException(path, null, exception.Rule, $"found {kind.Name}, expected safetensors: {kind.Advice}", exception);
        }
        catch (Exception exception) when (AtomicFile.IsFileSystemError(exception))
        {
            throw Unreadable(path, exception);
        }
        finally
        {
            handle?.Dispose();
        }
    }

    /// <inheritdoc/>
    public bool Contains(string name) => header.ByName.ContainsKey(name);

    /// <inheritdoc/>
    public TensorInfo Info(string name) => Find(name).Info;

    /// <inheritdoc/>
    public void Read(string name, long offset, Span<byte> destination)
    {
        var tensor = Find(name);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, tensor.Info.ByteLength - destination.Length);
        Read(handle, Path, destination, dataStart + tensor.Begin + offset, length);
    }

    /// <inheritdoc/>
    public UInt128? Checksum(string name)
    {
        var tensor = Find(name);
        return header.Checksums?[tensor.Info.Name];
    }

    /// <summary>Finds out whether the file is, by length and time, the one that was opened: what was read is then of one file, not of two.</summary>
    /// <exception cref="CheckpointException">It was written to meanwhile.</exception>
    public void RequireUnchanged()
    {
        try
        {
            if (RandomAccess.GetLength(handle) != length || File.GetLastWriteTimeUtc(handle) != lastWrite)
            {
                throw Changed(Path);
            }
        }
        catch (Exception exception) when (AtomicFile.IsFileSystemError(exception))
        {
            throw Unreadable(Path, exception);
        }
    }

    /// <summary>Adds every byte of the file, header included.</summary>
    /// <exception cref="CheckpointException">The file cannot be read, or is shorter than it was.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal void AppendTo(IncrementalHash hash, CancellationToken cancellationToken)
    {
        var buffer = new byte[(int)Math.Min(1 << 20, length)];
        for (long done = 0; done < length; done += buffer.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done));
            Read(handle, Path, part, done, length);
            hash.AppendData(part);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => handle.Dispose();

    private static void Read(SafeFileHandle handle, string path, Span<byte> destination, long offset, long length)
    {
        try
        {
            while (!destination.IsEmpty)
            {
                var count = RandomAccess.Read(handle, destination, offset);
                if (count == 0)
                {
                    throw new CheckpointException(
                        path, null, CheckpointRule.Readable,
                        $"found the end of the file at byte {offset}, expected {length} bytes as when it was opened: it was shortened while it was read");
                }

                destination = destination[count..];
                offset += count;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Unreadable(path, exception);
        }
    }

    private static CheckpointException Changed(string path) => new(
        path, null, CheckpointRule.Readable,
        "found another length or time of last change than when it was opened, expected a file at rest: it was written to while it was read");

    private static CheckpointException Unreadable(string path, Exception exception) =>
        new(path, null, CheckpointRule.Readable, $"the file cannot be read: {exception.Message}", exception);

    private StoredTensor Find(string name) =>
        header.ByName.TryGetValue(name, out var tensor)
            ? tensor
            : throw new CheckpointException(Path, name, CheckpointRule.TensorExists, $"found no such tensor among the {Names.Count} of the file");
}
