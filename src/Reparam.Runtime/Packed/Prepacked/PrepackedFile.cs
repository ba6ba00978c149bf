using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Runtime.Packed;

/// <summary>
/// The prepacked weights of a packed file for one kernel path, in a file beside it: a program that finds them reads them instead of repacking. Nothing
/// depends on the file; one that is missing, damaged or of another packed file is as good as none, and what of it is read is held against its checksum.
/// docs/formats/prepacked.md.
/// </summary>
public sealed class PrepackedFile : IDisposable
{
    /// <summary>The version that this library reads and writes.</summary>
    public const string Version = "2";

    private const string FormatKey = "reparam.streams";
    private const string PathKey = "reparam.path";
    private const string PackedKey = "reparam.packed";
    private const string KeyPrefix = "key.";
    private const int Alignment = 64;

    private readonly SafetensorsFile file;

    private PrepackedFile(SafetensorsFile file) => this.file = file;

    /// <summary>The file's place: model.reparam.safetensors → model.reparam.avx512.</summary>
    public static string PathOf(string packedFile, KernelPath path)
    {
        ArgumentNullException.ThrowIfNull(packedFile);
        var name = packedFile.EndsWith(".safetensors", StringComparison.Ordinal) ? packedFile[..^".safetensors".Length] : packedFile;
        return $"{name}.{Name(path)}";
    }

    /// <summary>Writes the prepacked weights of a packed file's matrices. The file appears whole or not at all.</summary>
    /// <param name="packed">The packed file.</param>
    /// <param name="path">The kernel path, which this machine need not have.</param>
    /// <param name="output">The file to write; <see cref="PathOf"/> is where programs look for it.</param>
    /// <param name="cancellation">Ends the work; nothing is written.</param>
    /// <returns>Number of prepacked matrices: those in layouts that have a table kernel.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The path has no prepacked form.</exception>
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
            if (Pack(packed, name, path) is { } weights)
            {
                // Made again when its turn comes: all prepacked weights together may be larger than memory.
                writer.SetMetadata(KeyPrefix + name, weights.Key);
                writer.Add(name, Checkpoints.DType.U8, [Padded(weights.Bytes)], (destination, token) => Copy(Pack(packed, name, path)!, destination, token));
            }
        }

        writer.Write(output, cancellation);
        return writer.Count;
    }

    /// <summary>Opens the prepacked weights of a packed file for a path; null when there are none that fit.</summary>
    internal static PrepackedFile? Find(PackedFile packed, KernelPath path)
    {
        var place = PathOf(packed.Path, path);
        if (path == KernelPath.Scalar || !File.Exists(place))
        {
            return null;
        }

        SafetensorsFile? file = null;

        try
        {
            file = SafetensorsFile.Open(place);
            if (file.HasChecksums && Value(file, FormatKey) == Version && Value(file, PathKey) == Name(path)
                && Value(file, PackedKey) == PackedFingerprint.Of(packed))
            {
                var found = new PrepackedFile(file);
                file = null;
                return found;
            }
        }
        catch (CheckpointException)
        {
            // As good as none. What is wrong with the packed file itself comes up when it is read.
        }
        finally
        {
            file?.Dispose();
        }

        return null;
    }

    /// <summary>The prepacked form of a weight; null when there is none.</summary>
    internal StoredPrepack? Find(string weight) => file.Contains(weight) && Value(file, KeyPrefix + weight) is { } key
        ? new StoredPrepack(key, bytes => Read(weight, bytes))
        : null;

    /// <summary>Closes the file; the prepacked weights that were read stay.</summary>
    public void Dispose() => file.Dispose();

    /// <summary>Bytes that prepacked weights take in the file: padded to whole lines.</summary>
    internal static long Padded(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private unsafe LineMemory? Read(string weight, long bytes)
    {
        const int Part = 1 << 20;
        var info = file.Info(weight);
        if (info.DType != Checkpoints.DType.U8 || info.ByteLength != Padded(bytes))
        {
            return null;
        }

        try
        {
            var memory = PrepackedArena.Take(info.ByteLength);
            var reader = new TensorReader(file, weight);
            while (reader.Remaining > 0)
            {
                reader.Read(new Span<byte>(memory.Start + (info.ByteLength - reader.Remaining), (int)Math.Min(Part, reader.Remaining)));
            }

            return memory;
        }
        catch (CheckpointException)
        {
            // As good as none: the packed file has everything.
            return null;
        }
    }

    private static string Name(KernelPath path) => path.ToString().ToLowerInvariant();

    private static string? Value(SafetensorsFile file, string key) => file.Metadata.GetValueOrDefault(key);

    private static PrepackedWeights? Pack(PackedFile packed, string name, KernelPath path)
    {
        LayerMemory.Release();
        var matrix = packed.ReadMatrix(name);
        return FormatKernelList.Find(matrix)?.Prepack(matrix, new PackedRequest { Rows = matrix.Rows, Path = path, Precision = KernelPrecision.Default });
    }

    private static unsafe void Copy(PrepackedWeights weights, Stream destination, CancellationToken cancellation)
    {
        const int Part = 1 << 20;
        for (long done = 0; done < weights.Bytes; done += Part)
        {
            cancellation.ThrowIfCancellationRequested();
            destination.Write(new ReadOnlySpan<byte>(weights.Start + done, (int)Math.Min(Part, weights.Bytes - done)));
        }

        Span<byte> padding = stackalloc byte[Alignment];
        padding.Clear();
        destination.Write(padding[..(int)(Padded(weights.Bytes) - weights.Bytes)]);
        GC.KeepAlive(weights);
    }
}
