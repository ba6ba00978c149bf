using Microsoft.Win32.SafeHandles;

namespace Reparam.Checkpoints.Import;

/// <summary>
/// A temporary file for what is stored compressed and must be read from any place. It lies in the system's folder for such files and has no name (on Windows:
/// it goes with its last handle), so that nothing of it stays behind, even when the process is killed.
/// </summary>
internal sealed class ScratchFile : IDisposable
{
    private static readonly string Place = Path.Combine(Path.GetTempPath(), "reparam-import");

    private readonly FileStream stream = AtomicFile.CreateUnnamed(Place);

    private SafeFileHandle Handle => stream.SafeFileHandle;

    /// <summary>Appends exactly so many bytes of a stream.</summary>
    /// <exception cref="EndOfStreamException">The stream is shorter.</exception>
    /// <exception cref="CheckpointException">The temporary file cannot be written.</exception>
    public FileRange Append(Stream source, long length)
    {
        var offset = RandomAccess.GetLength(Handle);
        var buffer = new byte[(int)Math.Min(length, 1 << 20)];
        for (long done = 0; done < length;)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done));
            source.ReadExactly(part);
            Write(part, offset + done);
            done += part.Length;
        }

        return new FileRange(Handle, offset, length);
    }

    public void Dispose() => stream.Dispose();

    private void Write(ReadOnlySpan<byte> part, long offset)
    {
        try
        {
            RandomAccess.Write(Handle, part, offset);
        }
        catch (Exception exception) when (AtomicFile.IsWriteError(exception))
        {
            throw AtomicFile.Unwritable(Place, exception);
        }
    }
}
