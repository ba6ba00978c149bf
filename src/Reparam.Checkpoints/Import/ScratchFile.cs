using Microsoft.Win32.SafeHandles;

namespace Reparam.Checkpoints.Import;

/// <summary>A temporary file for what is stored compressed and must be read from any place. It goes when it is closed.</summary>
internal sealed class ScratchFile : IDisposable
{
    private readonly FileStream stream = new(
        Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, bufferSize: 1,
        FileOptions.DeleteOnClose);

    private SafeFileHandle Handle => stream.SafeFileHandle;

    /// <summary>Appends exactly so many bytes of a stream.</summary>
    /// <exception cref="EndOfStreamException">The stream is shorter.</exception>
    public FileRange Append(Stream source, long length)
    {
        var offset = RandomAccess.GetLength(Handle);
        var buffer = new byte[(int)Math.Min(length, 1 << 20)];
        for (long done = 0; done < length;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done));
            source.ReadExactly(part);
            RandomAccess.Write(Handle, part, offset + done);
            done += part.Length;
        }

        return new FileRange(Handle, offset, length);
    }

    public void Dispose() => stream.Dispose();
}
