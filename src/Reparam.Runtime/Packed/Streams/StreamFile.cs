using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Runtime.Packed;

/// <summary>
/// The running streams of a packed file for one kernel path, in a file beside it: a program that finds them maps them instead of repacking. Nothing depends on the file; one that is
/// missing, damaged or of another packed file is as good as none. docs/formats/streams.md.
/// </summary>
public sealed class StreamFile
{
    /// <summary>The version that this library reads and writes.</summary>
    public const string Version = "1";

    private const string FormatKey = "reparam.streams";
    private const string PathKey = "reparam.path";
    private const string PackedKey = "reparam.packed";
    private const string StreamKeyPrefix = "key.";
    private const int Alignment = 64;

    // Closed by the finaliser of its map once no stream is used any more.
    private readonly SafetensorsFile file;

    private StreamFile(SafetensorsFile file) => this.file = file;

    /// <summary>The file's place: model.reparam.safetensors → model.reparam.avx512.</summary>
    public static string PathOf(string packedFile, KernelPath path)
    {
        ArgumentNullException.ThrowIfNull(packedFile);
        var name = packedFile.EndsWith(".safetensors", StringComparison.Ordinal) ? packedFile[..^".safetensors".Length] : packedFile;
        return $"{name}.{Name(path)}";
    }

    /// <summary>Writes the running streams of a packed file's matrices. The file appears whole or not at all.</summary>
    /// <param name="packed">The packed file.</param>
    /// <param name="path">The kernel path, which this machine need not have.</param>
    /// <param name="output">The file to write; <see cref="PathOf"/> is where programs look for it.</param>
    /// <param name="cancellation">Ends the work; nothing is written.</param>
    /// <returns>Number of streams: matrices in layouts that have a table kernel.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The path has no streams.</exception>
    /// <exception cref="CheckpointException">A matrix cannot be read, or the file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static int Write(PackedFile packed, KernelPath path, string output, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(packed);
        ArgumentOutOfRangeException.ThrowIfEqual((int)path, (int)KernelPath.Scalar, nameof(path));
        var writer = new SafetensorsWriter { Alignment = Alignment, HasChecksums = true };
        writer.SetMetadata(FormatKey, Version);
        writer.SetMetadata(PathKey, Name(path));
        writer.SetMetadata(PackedKey, PackedFingerprint.Of(packed));
        foreach (var name in packed.Layers.Keys)
        {
            cancellation.ThrowIfCancellationRequested();
            var matrix = packed.ReadMatrix(name);
            if (RunningStreams.Create(matrix, 0, matrix.Rows, path, KernelPrecision.Default) is { } stream)
            {
                var padding = (int)(-stream.Bytes & (Alignment - 1));
                writer.SetMetadata(StreamKeyPrefix + name, stream.Key);
                writer.Add(name, Checkpoints.DType.U8, [stream.Bytes + padding], (destination, token) => Copy(stream, padding, destination, token));
            }
        }

        writer.Write(output, cancellation);
        return writer.Count;
    }

    /// <summary>Opens the streams of a packed file for a path; null when there are none that fit.</summary>
    internal static StreamFile? Find(PackedFile packed, KernelPath path)
    {
        var place = PathOf(packed.Path, path);
        if (path == KernelPath.Scalar || !File.Exists(place))
        {
            return null;
        }

        try
        {
            var file = SafetensorsFile.Open(place);
            if (Value(file, FormatKey) == Version && Value(file, PathKey) == Name(path) && Value(file, PackedKey) == PackedFingerprint.Of(packed))
            {
                return new StreamFile(file);
            }

            file.Dispose();
            return null;
        }
        catch (CheckpointException)
        {
            return null;
        }
    }

    /// <summary>The stream of a weight; null when there is none.</summary>
    internal StoredStream? Find(string weight) => file.Contains(weight) && Value(file, StreamKeyPrefix + weight) is { } key
        ? new StoredStream(key, new MappedMemory(file, weight))
        : null;

    private static string Name(KernelPath path) => path.ToString().ToLowerInvariant();

    private static string? Value(SafetensorsFile file, string key) => file.Metadata.GetValueOrDefault(key);

    private static unsafe void Copy(RunningStream stream, int padding, Stream destination, CancellationToken cancellation)
    {
        const int Part = 1 << 20;
        for (long done = 0; done < stream.Bytes; done += Part)
        {
            cancellation.ThrowIfCancellationRequested();
            destination.Write(new ReadOnlySpan<byte>(stream.Start + done, (int)Math.Min(Part, stream.Bytes - done)));
        }

        destination.Write(stackalloc byte[Alignment].Slice(0, padding));
        GC.KeepAlive(stream);
    }
}
