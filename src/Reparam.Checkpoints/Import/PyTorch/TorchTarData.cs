using System.Collections.Immutable;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Reparam.Checkpoints.Import.PyTorch.Pickle;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>
/// The format of PyTorch before 0.1.10: a tar file whose member <c>storages</c> has the storages (a pickle that describes each, then its elements),
/// <c>tensors</c> the views of them, and <c>pickle</c> the object, which names storages and tensors by number.
/// </summary>
internal sealed class TorchTarData : ITorchData
{
    /// <summary>Bytes that tell a tar file.</summary>
    public const int StartLength = 512;

    private const int Block = 512;

    private readonly SafeFileHandle handle;
    private readonly TorchObjects objects;
    private readonly Dictionary<string, FileRange> ranges = new(StringComparer.Ordinal);
    private readonly Dictionary<string, object> known = new(StringComparer.Ordinal);

    private TorchTarData(SafeFileHandle handle)
    {
        this.handle = handle;
        objects = new TorchObjects(find: Find);
    }

    /// <summary>Whether a file starts like a tar file.</summary>
    public static bool IsPlausible(ReadOnlySpan<byte> start) => start.Length > 262 && start[257..].StartsWith("ustar"u8);

    /// <summary>Whether a tar file has one of the members of this format in front.</summary>
    public static bool IsOfPyTorch(FileRange file)
    {
        // Behind extended headers and their like.
        const int Headers = 8;
        try
        {
            return Walk(file).Take(Headers).Any(member => member.Name is "sys_info" or "pickle" or "tensors" or "storages");
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Reads the members; keeps the handle.</summary>
    /// <exception cref="FormatException">The file breaks the format.</exception>
    public static (object? Root, TorchTarData Data) Read(SafeFileHandle handle)
    {
        var members = Members(new FileRange(handle, 0, RandomAccess.GetLength(handle)));
        var data = new TorchTarData(handle);
        data.ReadStorages(new RangeStream(Member("storages")));
        data.ReadTensors(new RangeStream(Member("tensors")));
        return (new PickleReader(new RangeStream(Member("pickle")), data.objects).Read(), data);

        FileRange Member(string name) =>
            members.TryGetValue(name, out var range)
                ? range
                : throw new FormatException($"found a tar file without a member '{name}', expected one of PyTorch before 0.1.10");
    }

    public string? Problem(TorchStorage storage) => null;

    public long PackedLength(TorchStorage storage) => 0;

    public FileRange Locate(TorchStorage storage) => ranges[storage.Key];

    public void Dispose() => handle.Dispose();

    private static Dictionary<string, FileRange> Members(FileRange file)
    {
        var members = new Dictionary<string, FileRange>(StringComparer.Ordinal);
        foreach (var (name, content) in Walk(file))
        {
            if (!members.TryAdd(name, content))
            {
                throw new FormatException($"found member '{name}' twice in the tar file");
            }
        }

        return members;
    }

    private static IEnumerable<(string Name, FileRange Content)> Walk(FileRange file)
    {
        var header = new byte[Block];
        for (long position = 0; position <= file.Length - Block;)
        {
            file.Read(position, header);
            position += Block;
            if (header.AsSpan().IndexOfAnyExcept((byte)0) < 0)
            {
                break;
            }

            var name = Text(header.AsSpan(0, 100));
            var length = Octal(header.AsSpan(124, 12), name);
            if (length > file.Length - position)
            {
                throw new FormatException(
                    $"found member '{name}' of {length} bytes in the tar file, expected at most the {file.Length - position} that follow");
            }

            // Other kinds are folders, links and extended headers.
            if (header[156] is 0 or (byte)'0')
            {
                yield return (name, file.Slice(position, length));
            }

            position += (length + Block - 1) / Block * Block;
        }
    }

    private void ReadStorages(RangeStream stream)
    {
        var pickles = new PickleReader(stream, objects);
        var count = Number(pickles.Read(), "storages");
        for (long i = 0; i < count; i++)
        {
            if (pickles.Read() is not PickleTuple { Items: [var id, _, PickleGlobal type] })
            {
                throw new FormatException("found no description of a storage");
            }

            var key = Key(id);
            var storage = objects.Storage(type, key, stream.ReadInt64());
            ranges[key] = stream.Skip(storage.ByteLength);
            Add(key, storage);
        }

        foreach (var view in pickles.Read() as List<object?> ?? throw new FormatException("found no list of storage views"))
        {
            if (view is not PickleTuple { Items: [var id, var root, long start, long length] } || known.GetValueOrDefault(Key(root)) is not TorchStorage whole)
            {
                throw new FormatException("found a view of no storage");
            }

            Add(Key(id), whole.Part(start, length));
        }
    }

    private void ReadTensors(RangeStream stream)
    {
        var pickles = new PickleReader(stream, objects);
        var count = Number(pickles.Read(), "tensors");
        for (long i = 0; i < count; i++)
        {
            if (pickles.Read() is not PickleTuple { Items: [var id, var storageId, _] } || known.GetValueOrDefault(Key(storageId)) is not TorchStorage storage)
            {
                throw new FormatException("found no description of a tensor");
            }

            // 32 bits and four bytes of padding.
            var rank = stream.ReadInt64() & uint.MaxValue;
            if (rank > TorchObjects.MaxRank)
            {
                throw new FormatException($"found a tensor of {rank} dimensions, expected {TorchObjects.MaxRank} at most");
            }

            var shape = Integers(stream, rank);
            var strides = Integers(stream, rank);
            Add(Key(id), TorchObjects.Tensor(storage, stream.ReadInt64(), shape, strides));
        }
    }

    // The class of a module stands with its source.
    private object? Find(object? id) =>
        id is PickleTuple { Items: [PickleGlobal type, ..] } ? type
        : id is string or long && known.TryGetValue(Key(id), out var value) ? value
        : throw new FormatException("a persistent id is neither storage nor tensor");

    private void Add(string key, object value)
    {
        if (!known.TryAdd(key, value))
        {
            throw new FormatException($"found the number {key} twice");
        }
    }

    private static ImmutableArray<long> Integers(RangeStream stream, long count)
    {
        var values = ImmutableArray.CreateBuilder<long>((int)count);
        for (var i = 0; i < count; i++)
        {
            values.Add(stream.ReadInt64());
        }

        return values.MoveToImmutable();
    }

    private static long Number(object? value, string what) =>
        value is long and >= 0 and var number ? number : throw new FormatException($"found no number of {what}");

    private static string Key(object? id) => PickleText.Key(id) ?? throw new FormatException("found a storage or tensor without a number");

    private static string Text(ReadOnlySpan<byte> field) => Encoding.UTF8.GetString(field.IndexOf((byte)0) is >= 0 and var end ? field[..end] : field);

    private static long Octal(ReadOnlySpan<byte> field, string name)
    {
        var text = Text(field).Trim();
        long value = 0;
        foreach (var digit in text)
        {
            value = digit is >= '0' and <= '7'
                ? (value * 8) + (digit - '0')
                : throw new FormatException($"found '{text}' as the length of member '{name}' in the tar file, expected an octal number");
        }

        return value;
    }
}
