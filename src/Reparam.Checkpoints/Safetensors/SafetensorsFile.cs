using System.Collections.Immutable;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using Reparam.Checkpoints.Import;

namespace Reparam.Checkpoints.Safetensors;

/// <summary>
/// A safetensors file, mapped into memory: opening reads the header only, a tensor's bytes come from the disk when they are touched.
/// Every rule of the format is checked on opening (docs/formats/safetensors.md).
/// </summary>
public sealed unsafe class SafetensorsFile : ICheckpoint
{
    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;
    private readonly SafetensorsHeader header;
    private readonly byte* start;
    private readonly byte* data;
    private readonly long length;
    private bool disposed;

    private SafetensorsFile(
        string path, MemoryMappedFile map, MemoryMappedViewAccessor view, SafetensorsHeader header, byte* start, byte* data, long length)
    {
        Path = path;
        this.map = map;
        this.view = view;
        this.header = header;
        this.start = start;
        this.data = data;
        this.length = length;
        Names = [.. header.InDataOrder.Select(tensor => tensor.Info.Name)];
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Opens and checks a file. It must not be truncated by others while it is open.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <exception cref="CheckpointException">The file cannot be read, or breaks a rule of the format.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        InputFile.RequireFile(path);
        try
        {
            return OpenMapped(path);
        }
        catch (CheckpointException exception)
            when (exception.Rule is CheckpointRule.HeaderLength or CheckpointRule.HeaderStart && FileKinds.Recognise(path) is { IsSafetensors: false } kind)
        {
            throw new CheckpointException(path, null, exception.Rule, $"found {kind.Name}, expected safetensors: {kind.Advice}", exception);
        }
        catch (Exception exception) when (AtomicFile.IsFileSystemError(exception))
        {
            throw new CheckpointException(path, null, CheckpointRule.Readable, $"the file cannot be read: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public bool Contains(string name) => header.ByName.ContainsKey(name);

    /// <inheritdoc/>
    public TensorInfo Info(string name) => Find(name).Info;

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        var tensor = Find(name);
        if (tensor.Info.ByteLength > int.MaxValue)
        {
            throw new CheckpointException(
                Path, name, CheckpointRule.Length, $"found {tensor.Info.ByteLength} bytes, expected at most {int.MaxValue} for one span: read it in parts");
        }

        return Part(tensor, 0, (int)tensor.Info.ByteLength);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Bytes(string name, long offset, int length)
    {
        var tensor = Find(name);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, tensor.Info.ByteLength - length);
        return Part(tensor, offset, length);
    }

    /// <summary>Adds every byte of the file, header included.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal void AppendTo(IncrementalHash hash, CancellationToken cancellationToken)
    {
        const int Part = 1 << 20;
        ObjectDisposedException.ThrowIf(disposed, this);
        for (long done = 0; done < length; done += Part)
        {
            cancellationToken.ThrowIfCancellationRequested();
            hash.AppendData(new ReadOnlySpan<byte>(start + done, (int)Math.Min(Part, length - done)));
        }
    }

    /// <summary>Releases the mapping. Spans that were handed out must not be used any more.</summary>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        map.Dispose();
    }

    private static SafetensorsFile OpenMapped(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        var length = stream.Length;
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixLength];
        stream.ReadAtLeast(prefix, prefix.Length, throwOnEndOfStream: false);
        var headerLength = SafetensorsHeader.ReadLength(path, prefix, length);

        // The map outlives the stream, which keeps no lock on the file then.
        var map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        MemoryMappedViewAccessor? view = null;
        byte* pointer = null;
        try
        {
            view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
            view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            var start = pointer + view.PointerOffset;
            var json = new ReadOnlySpan<byte>(start + SafetensorsHeader.PrefixLength, headerLength);
            var dataStart = SafetensorsHeader.PrefixLength + (long)headerLength;
            var header = SafetensorsHeader.Parse(path, json, length - dataStart);
            return new SafetensorsFile(path, map, view, header, start, start + dataStart, length);
        }
        catch
        {
            if (pointer is not null)
            {
                view!.SafeMemoryMappedViewHandle.ReleasePointer();
            }

            view?.Dispose();
            map.Dispose();
            throw;
        }
    }

    private StoredTensor Find(string name) =>
        header.ByName.TryGetValue(name, out var tensor)
            ? tensor
            : throw new CheckpointException(Path, name, CheckpointRule.TensorExists, $"found no such tensor among the {Names.Count} of the file");

    private ReadOnlySpan<byte> Part(StoredTensor tensor, long offset, int length)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return new ReadOnlySpan<byte>(data + tensor.Begin + offset, length);
    }
}
