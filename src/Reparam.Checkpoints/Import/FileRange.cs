using Microsoft.Win32.SafeHandles;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Import;

/// <summary>A range of an open file, read where it is asked for.</summary>
/// <param name="Handle">The file.</param>
/// <param name="Offset">First byte of the range.</param>
/// <param name="Length">Bytes of the range.</param>
internal readonly record struct FileRange(SafeFileHandle Handle, long Offset, long Length)
{
    private const int Part = 1 << 20;

    /// <summary>Fills a buffer from a place in the range.</summary>
    /// <exception cref="EndOfStreamException">The file became shorter.</exception>
    public void Read(long start, Span<byte> buffer)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, Length - buffer.Length);
        for (var done = 0; done < buffer.Length;)
        {
            var read = RandomAccess.Read(Handle, buffer[done..], Offset + start + done);
            if (read == 0)
            {
                throw new EndOfStreamException($"found the end of the file at byte {Offset + start + done}; it became shorter while it was read");
            }

            done += read;
        }
    }

    /// <summary>A part of the range.</summary>
    public FileRange Slice(long start, long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length - start);
        return new FileRange(Handle, Offset + start, length);
    }

    /// <summary>Hands the bytes out in order, in parts of whole elements of up to 16 bytes.</summary>
    public void ForEachPart(Action<Span<byte>> use, CancellationToken cancellationToken)
    {
        var buffer = new byte[(int)Math.Min(Length, Part)];
        for (long done = 0; done < Length; done += buffer.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, Length - done));
            Read(done, part);
            use(part);
        }
    }

    /// <summary>A source that copies a range of a file.</summary>
    /// <param name="handle">The open file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Number of bytes.</param>
    public static TensorSource Source(SafeFileHandle handle, string path, long offset, long length) => (destination, cancellationToken) =>
    {
        try
        {
            new FileRange(handle, offset, length).ForEachPart(part => destination.Write(part), cancellationToken);
        }
        catch (EndOfStreamException exception)
        {
            throw new CheckpointException(path, null, CheckpointRule.Readable, exception.Message, exception);
        }
    };
}
