using System.Buffers.Binary;

namespace Reparam.Checkpoints.Import;

/// <summary>Reads a range of a file from its start on, through a buffer; <see cref="Position"/> is what was handed out.</summary>
internal sealed class RangeStream(FileRange range) : Stream
{
    private readonly byte[] buffer = new byte[(int)Math.Min(range.Length, 1 << 16)];
    private long bufferStart;
    private int buffered;
    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => range.Length;

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    /// <summary>Bytes that are left.</summary>
    public long Left => range.Length - position;

    /// <summary>Passes over bytes and gives their place in the file.</summary>
    /// <exception cref="FormatException">Fewer are left.</exception>
    public FileRange Skip(Int128 count)
    {
        if (count < 0 || count > Left)
        {
            throw new FormatException($"found {Left} bytes at byte {position}, expected {count}");
        }

        var skipped = range.Slice(position, (long)count);
        position += (long)count;
        return skipped;
    }

    /// <summary>Reads a little-endian integer.</summary>
    /// <exception cref="EndOfStreamException">The range ends.</exception>
    public long ReadInt64()
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        ReadExactly(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    public override int Read(Span<byte> destination)
    {
        if (position < bufferStart || position >= bufferStart + buffered)
        {
            bufferStart = position;
            buffered = (int)Math.Min(buffer.Length, Left);
            range.Read(position, buffer.AsSpan(0, buffered));
        }

        var available = buffer.AsSpan((int)(position - bufferStart), (int)(bufferStart + buffered - position));
        var count = Math.Min(available.Length, destination.Length);
        available[..count].CopyTo(destination);
        position += count;
        return count;
    }

    public override int ReadByte()
    {
        Span<byte> one = stackalloc byte[1];
        return Read(one) == 1 ? one[0] : -1;
    }

    public override int Read(byte[] destination, int offset, int count) => Read(destination.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] source, int offset, int count) => throw new NotSupportedException();
}
