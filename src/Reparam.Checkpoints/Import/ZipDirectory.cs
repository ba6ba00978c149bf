using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Reparam.Checkpoints.Import;

/// <summary>
/// The directory of a zip archive, which tells where stored entries lie in the file, so that they are read from any place without unpacking. Names stand once,
/// every entry lies within the file, and zip64 sizes are understood.
/// </summary>
internal sealed class ZipDirectory
{
    private const int EndLength = 22;
    private const int LocatorLength = 20;
    private const int End64Length = 56;
    private const int EntryLength = 46;
    private const int LocalLength = 30;
    private const int LongestComment = ushort.MaxValue;
    private const long LongestDirectory = 1 << 26;
    private const uint IsIn64 = uint.MaxValue;

    private readonly SafeFileHandle handle;
    private readonly long fileLength;
    private readonly Dictionary<string, ZipEntry> entries = new(StringComparer.Ordinal);

    private ZipDirectory(SafeFileHandle handle)
    {
        this.handle = handle;
        fileLength = RandomAccess.GetLength(handle);
    }

    /// <summary>The entries by name.</summary>
    public IReadOnlyDictionary<string, ZipEntry> Entries => entries;

    /// <summary>Reads the directory of an open file.</summary>
    /// <exception cref="FormatException">The file is no zip archive, or breaks a rule of the format.</exception>
    public static ZipDirectory Read(SafeFileHandle handle)
    {
        var directory = new ZipDirectory(handle);
        var (offset, length, count) = directory.FindEntries();
        directory.ReadEntries(offset, length, count);
        return directory;
    }

    /// <summary>The bytes of an entry as they lie in the file.</summary>
    /// <exception cref="FormatException">The entry's own header contradicts the directory.</exception>
    public FileRange Locate(ZipEntry entry)
    {
        var header = ReadRange(entry.HeaderOffset, LocalLength, entry.Name);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != 0x04034B50)
        {
            throw new FormatException($"found no header of entry '{entry.Name}' at byte {entry.HeaderOffset} of the zip archive");
        }

        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(26));
        var name = ReadRange(entry.HeaderOffset + LocalLength, nameLength, entry.Name);
        if (Encoding.UTF8.GetString(name) != entry.Name)
        {
            throw new FormatException(
                $"found entry '{Encoding.UTF8.GetString(name)}' at byte {entry.HeaderOffset} of the zip archive, expected '{entry.Name}'");
        }

        var start = entry.HeaderOffset + LocalLength + nameLength + BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(28));
        return start <= fileLength - entry.CompressedLength
            ? new FileRange(handle, start, entry.CompressedLength)
            : throw new FormatException(
                $"found {entry.CompressedLength} bytes of entry '{entry.Name}' at byte {start}, expected them within the {fileLength} of the file");
    }

    /// <summary>Opens an entry and unpacks it as it is read.</summary>
    /// <exception cref="FormatException">The entry's own header contradicts the directory.</exception>
    public Stream Open(ZipEntry entry)
    {
        var range = new RangeStream(Locate(entry));
        return entry.IsCompressed ? new DeflateStream(range, CompressionMode.Decompress) : range;
    }

    private (long Offset, long Length, long Count) FindEntries()
    {
        var tail = (int)Math.Min(fileLength, EndLength + LongestComment);
        var bytes = ReadRange(fileLength - tail, tail, "the end");
        var end = bytes.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (end < 0 || bytes.Length - end < EndLength)
        {
            throw new FormatException("found no directory at the end of the zip archive; the file may be cut off");
        }

        var record = bytes.AsSpan(end);
        long count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]);
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        var locatorOffset = fileLength - tail + end - LocatorLength;
        if (locatorOffset >= 0 && (count == ushort.MaxValue || length == IsIn64 || offset == IsIn64))
        {
            var locator = ReadRange(locatorOffset, LocatorLength, "the end");
            if (locator.AsSpan().StartsWith("PK\u0006\u0007"u8))
            {
                var record64 = ReadRange(BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8)), End64Length, "the end");
                if (!record64.AsSpan().StartsWith("PK\u0006\u0006"u8))
                {
                    throw new FormatException("found no zip64 directory where the zip archive says");
                }

                count = BinaryPrimitives.ReadInt64LittleEndian(record64.AsSpan(32));
                length = BinaryPrimitives.ReadInt64LittleEndian(record64.AsSpan(40));
                offset = BinaryPrimitives.ReadInt64LittleEndian(record64.AsSpan(48));
            }
        }

        return (offset, length, count);
    }

    private void ReadEntries(long offset, long length, long count)
    {
        if (length is < 0 or > LongestDirectory)
        {
            throw new FormatException($"found a zip directory of {length} bytes, expected at most {LongestDirectory}");
        }

        ReadOnlySpan<byte> rest = ReadRange(offset, (int)length, "the directory");
        while (!rest.IsEmpty)
        {
            if (rest.Length < EntryLength || !rest.StartsWith("PK\u0001\u0002"u8))
            {
                throw new FormatException("found a zip directory that is cut off");
            }

            var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(rest[28..]);
            var extraLength = BinaryPrimitives.ReadUInt16LittleEndian(rest[30..]);
            var commentLength = BinaryPrimitives.ReadUInt16LittleEndian(rest[32..]);
            if (rest.Length < EntryLength + nameLength + extraLength + commentLength)
            {
                throw new FormatException("found a zip directory that is cut off");
            }

            var entry = ReadEntry(rest[..EntryLength], rest.Slice(EntryLength, nameLength), rest.Slice(EntryLength + nameLength, extraLength));
            if (!entries.TryAdd(entry.Name, entry))
            {
                throw new FormatException($"found entry '{entry.Name}' twice in the zip archive");
            }

            rest = rest[(EntryLength + nameLength + extraLength + commentLength)..];
        }

        if (count != entries.Count)
        {
            throw new FormatException($"found {entries.Count} entries in the zip archive, expected {count}");
        }
    }

    private ZipEntry ReadEntry(ReadOnlySpan<byte> record, ReadOnlySpan<byte> nameBytes, ReadOnlySpan<byte> extra)
    {
        var name = Encoding.UTF8.GetString(nameBytes);
        var flags = BinaryPrimitives.ReadUInt16LittleEndian(record[8..]);
        var method = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        long compressed = BinaryPrimitives.ReadUInt32LittleEndian(record[20..]);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(record[24..]);
        long offset = BinaryPrimitives.ReadUInt32LittleEndian(record[42..]);
        for (var rest = extra; rest.Length >= 4;)
        {
            var size = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]);
            if (size > rest.Length - 4)
            {
                break;
            }

            if (BinaryPrimitives.ReadUInt16LittleEndian(rest) == 1)
            {
                // Only what did not fit the record stands here, in this order.
                var values = rest.Slice(4, size);
                length = Take(length, ref values);
                compressed = Take(compressed, ref values);
                offset = Take(offset, ref values);
            }

            rest = rest[(4 + size)..];
        }

        if ((flags & 1) != 0 || method is not (0 or 8))
        {
            var how = (flags & 1) != 0 ? "encrypted" : $"compressed by method {method}";
            throw new FormatException($"found entry '{name}' of the zip archive {how}, expected it stored or deflated");
        }

        if (length < 0 || compressed < 0 || offset < 0 || offset > fileLength - LocalLength || compressed > fileLength || (method == 0 && compressed != length))
        {
            throw new FormatException(
                $"found entry '{name}' of {compressed} bytes ({length} unpacked) at byte {offset}, expected it within the zip archive of {fileLength}");
        }

        return new ZipEntry(name, method == 8, compressed, length, offset);
    }

    private static long Take(long value, ref ReadOnlySpan<byte> values)
    {
        if (value != IsIn64 || values.Length < sizeof(long))
        {
            return value;
        }

        value = BinaryPrimitives.ReadInt64LittleEndian(values);
        values = values[sizeof(long)..];
        return value;
    }

    private byte[] ReadRange(long offset, int length, string what)
    {
        if (offset < 0 || offset > fileLength - length)
        {
            throw new FormatException($"found {what} of the zip archive at byte {offset}, expected it within the {fileLength} of the file");
        }

        var bytes = new byte[length];
        new FileRange(handle, offset, length).Read(0, bytes);
        return bytes;
    }
}
