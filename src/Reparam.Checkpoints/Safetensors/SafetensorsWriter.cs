using System.Collections.Immutable;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace Reparam.Checkpoints.Safetensors;

/// <summary>
/// Collects tensors and writes them as a safetensors file. The bytes depend on the content alone, not on the order of the calls: tensors
/// are sorted by type (widest first, as in the reference implementation) and then by name, metadata by key; the header is padded
/// with spaces to a multiple of <see cref="Alignment"/>. A source is asked for its bytes when it is written, so that a file may be larger than memory.
/// </summary>
public sealed class SafetensorsWriter
{
    private const string MetadataKey = "__metadata__";

    private readonly SortedList<string, string> metadata;
    private readonly Dictionary<string, TensorToWrite> tensors;

    /// <summary>Begins an empty file.</summary>
    public SafetensorsWriter()
    {
        metadata = new(StringComparer.Ordinal);
        tensors = new(StringComparer.Ordinal);
    }

    /// <summary>Begins with all that another writer has collected.</summary>
    internal SafetensorsWriter(SafetensorsWriter other)
    {
        Alignment = other.Alignment;
        HasChecksums = other.HasChecksums;
        metadata = new(other.metadata, StringComparer.Ordinal);
        tensors = new(other.tensors, StringComparer.Ordinal);
    }

    /// <summary>Bytes that the place of the data in the file is a multiple of: 8, or a larger power of two for readers that map the file.</summary>
    public int Alignment { get; init; } = 8;

    /// <summary>
    /// Whether the metadata get the checksums of <see cref="ContentChecksum"/>. A destination that cannot seek has the sources called twice, because the header
    /// comes first.
    /// </summary>
    public bool HasChecksums { get; init; }

    /// <summary>Number of tensors added.</summary>
    public int Count => tensors.Count;

    /// <summary>Whether a tensor of this name was added.</summary>
    public bool Contains(string name) => tensors.ContainsKey(name);

    /// <summary>Sets an entry of the metadata; a later value for the same key wins.</summary>
    /// <exception cref="ArgumentException">Key or value is not valid Unicode.</exception>
    public void SetMetadata(string key, string value)
    {
        RequireUnicode(key, nameof(key));
        RequireUnicode(value, nameof(value));
        metadata[key] = value;
    }

    /// <summary>Adds a tensor whose bytes come from a delegate.</summary>
    /// <param name="name">Name; not taken yet.</param>
    /// <param name="dtype">Element type.</param>
    /// <param name="shape">Dimensions, slowest first; empty for a scalar.</param>
    /// <param name="source">Called once for each write, twice for one with checksums to a stream that cannot seek; must give the same bytes every time.</param>
    /// <exception cref="ArgumentException">The name is taken, reserved or not valid Unicode, or the shape is impossible.</exception>
    public void Add(string name, DType dtype, ReadOnlySpan<long> shape, TensorSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (NameProblem(name) is { } problem)
        {
            throw new ArgumentException(problem, nameof(name));
        }

        var info = new TensorInfo(name, dtype, [.. shape]);
        if (!tensors.TryAdd(name, new TensorToWrite(info, source)))
        {
            throw new ArgumentException($"tensor '{name}' was added before", nameof(name));
        }
    }

    /// <summary>Adds a tensor given as bytes; they are kept, not copied.</summary>
    /// <exception cref="ArgumentException">As for the other overload, or the number of bytes does not fit shape and type.</exception>
    public void Add(string name, DType dtype, ReadOnlySpan<long> shape, ReadOnlyMemory<byte> bytes)
    {
        var info = new TensorInfo(name, dtype, [.. shape]);
        if (info.ByteLength != bytes.Length)
        {
            throw new ArgumentException($"tensor '{name}' has {bytes.Length} bytes; {info.Describe()} takes {info.ByteLength}", nameof(bytes));
        }

        Add(name, dtype, shape, (destination, _) => destination.Write(bytes.Span));
    }

    /// <summary>Adds a tensor of numbers; they are kept, not copied.</summary>
    /// <typeparam name="T">float, Half, double, bool or an integer type; it gives the stored type.</typeparam>
    /// <exception cref="ArgumentException">As for the other overloads, or the type has no counterpart in the format.</exception>
    public void Add<T>(string name, ReadOnlySpan<long> shape, ReadOnlyMemory<T> values) where T : unmanaged
    {
        var dtype = DTypeExtensions.Of<T>() ??
            throw new ArgumentException($"tensor '{name}': {typeof(T).Name} has no counterpart in the format", nameof(values));
        var info = new TensorInfo(name, dtype, [.. shape]);
        if (info.ElementCount != values.Length)
        {
            throw new ArgumentException($"tensor '{name}' has {values.Length} elements; {info.Describe()} takes {info.ElementCount}", nameof(values));
        }

        Add(name, dtype, shape, (destination, _) => WriteElements(destination, values.Span));
    }

    /// <summary>Adds a tensor of another checkpoint as it is stored there; the checkpoint must stay open until the write.</summary>
    /// <exception cref="CheckpointException">The checkpoint has no such tensor.</exception>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Add(ICheckpoint checkpoint, string name)
    {
        var info = checkpoint.Info(name);
        Add(name, info.DType, info.Shape.AsSpan(), (destination, cancellationToken) => checkpoint.CopyTo(name, destination, cancellationToken));
    }

    /// <summary>Writes the file: under a temporary name beside its place, then renamed. Nothing is left behind on failure.</summary>
    /// <param name="path">The destination; its folder must exist. An existing file is replaced at the end.</param>
    /// <param name="cancellationToken">Ends the write; the destination is as it was.</param>
    /// <param name="review">
    /// Reads the finished file, whose path it is given, before it is put in its place. What it throws ends the write. Null for none.
    /// </param>
    /// <exception cref="CheckpointException">The file cannot be written, or a source gave another number of bytes than declared.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Write(string path, CancellationToken cancellationToken = default, Action<string>? review = null)
    {
        using var file = new AtomicFile(path);
        file.Fill(stream => WriteTo(stream, path, InOrder(), cancellationToken));
        if (review is null)
        {
            file.Complete();
        }
        else
        {
            file.Review(review);
        }

        cancellationToken.ThrowIfCancellationRequested();
        file.Commit();
    }

    /// <summary>Writes the file's bytes to a stream.</summary>
    /// <exception cref="CheckpointException">A source gave another number of bytes than declared.</exception>
    public void Write(Stream destination, CancellationToken cancellationToken = default) =>
        WriteTo(destination, "(stream)", InOrder(), cancellationToken);

    internal ImmutableArray<TensorToWrite> InOrder() =>
        [.. tensors.Values.OrderByDescending(tensor => tensor.Info.DType).ThenBy(tensor => tensor.Info.Name, StringComparer.Ordinal)];

    internal void WriteTo(Stream destination, string file, ImmutableArray<TensorToWrite> ordered, CancellationToken cancellationToken)
    {
        if (!HasChecksums)
        {
            destination.Write(Header(file, ordered, metadata));
            WriteData(destination, file, ordered, null, cancellationToken);
            return;
        }

        // The digits have a fixed width, so that a header of zeros is as long as the one that replaces it.
        var sums = new UInt128[ordered.Length];
        if (destination.CanSeek)
        {
            var start = destination.Position;
            destination.Write(Header(file, ordered, ContentChecksum.AddTo(metadata, ordered, sums)));
            WriteData(destination, file, ordered, sums, cancellationToken);
            var end = destination.Position;
            destination.Position = start;
            destination.Write(ContentChecksum.Seal(Header(file, ordered, ContentChecksum.AddTo(metadata, ordered, sums))));
            destination.Position = end;
            return;
        }

        WriteData(Stream.Null, file, ordered, sums, cancellationToken);
        destination.Write(ContentChecksum.Seal(Header(file, ordered, ContentChecksum.AddTo(metadata, ordered, sums))));
        var again = new UInt128[ordered.Length];
        WriteData(destination, file, ordered, again, cancellationToken);
        for (var i = 0; i < sums.Length; i++)
        {
            if (sums[i] != again[i])
            {
                throw new CheckpointException(
                    file, ordered[i].Info.Name, CheckpointRule.DataSource, "found other bytes when its source was called again, expected the same every time");
            }
        }
    }

    private byte[] Header(string file, ImmutableArray<TensorToWrite> ordered, IReadOnlyDictionary<string, string> entries)
    {
        var header = HeaderWriter.Write(entries, ordered, Alignment);
        return header.Length - SafetensorsHeader.PrefixLength <= SafetensorsHeader.MaxLength
            ? header
            : throw new CheckpointException(
                file, null, CheckpointRule.HeaderLength, $"found a header of {header.Length} bytes, expected at most {SafetensorsHeader.MaxLength}");
    }

    /// <summary>Writes the data of all tensors, one behind the other, and gives their checksums where they are asked for.</summary>
    private static void WriteData(Stream destination, string file, ImmutableArray<TensorToWrite> ordered, UInt128[]? sums, CancellationToken cancellationToken)
    {
        for (var i = 0; i < ordered.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var hash = sums is null ? null : new XxHash128();
            using var counted = new CountedStream(destination, file, ordered[i].Info, hash);
            ordered[i].Source(counted, cancellationToken);
            counted.RequireComplete();
            if (hash is not null)
            {
                sums![i] = hash.GetCurrentHashAsUInt128();
            }
        }
    }

    private static void WriteElements<T>(Stream destination, ReadOnlySpan<T> values) where T : unmanaged
    {
        // In parts: the bytes of a long array do not fit into one span.
        const int Part = 1 << 20;
        for (var start = 0; start < values.Length; start += Part)
        {
            destination.Write(MemoryMarshal.AsBytes(values.Slice(start, Math.Min(Part, values.Length - start))));
        }
    }

    /// <summary>Why a tensor cannot have a name; null if it can.</summary>
    internal static string? NameProblem(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name == MetadataKey ? $"'{MetadataKey}' is reserved and cannot name a tensor"
            : IsUnicode(name) ? null
            : "the text has half of a surrogate pair and cannot be stored as UTF-8";
    }

    private static void RequireUnicode(string text, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        if (!IsUnicode(text))
        {
            throw new ArgumentException("the text has half of a surrogate pair and cannot be stored as UTF-8", parameter);
        }
    }

    private static bool IsUnicode(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out _, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            text = text[consumed..];
        }

        return true;
    }
}
