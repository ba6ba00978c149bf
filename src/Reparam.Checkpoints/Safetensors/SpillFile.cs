namespace Reparam.Checkpoints.Safetensors;

/// <summary>
/// Bytes of tensors that wait on the disk until they are written to their place. The file has no name (on Windows: it goes with its last handle), so
/// that nothing of it stays behind, even when the process is killed.
/// </summary>
internal sealed class SpillFile : IDisposable
{
    private const int Part = 1 << 20;

    private readonly string destination;
    private readonly FileStream stream;

    /// <summary>Creates the file in the folder of a destination, where the same bytes will be needed once more.</summary>
    /// <param name="destination">The file that the bytes are meant for.</param>
    /// <exception cref="CheckpointException">The folder cannot be written.</exception>
    public SpillFile(string destination)
    {
        this.destination = destination;
        stream = AtomicFile.CreateUnnamed(destination);
    }

    /// <summary>Bytes that were added.</summary>
    public long Length { get; private set; }

    /// <summary>Takes the bytes of a tensor now; its own source is not needed any more.</summary>
    /// <returns>Gives the same bytes as often as it is called, until the file is disposed.</returns>
    /// <exception cref="CheckpointException">The disk is full, or the source gave another number of bytes than declared.</exception>
    public TensorSource Add(TensorToWrite tensor)
    {
        var begin = Length;
        try
        {
            using var counted = new CountedStream(stream, destination, tensor.Info);
            tensor.Source(counted, CancellationToken.None);
            counted.RequireComplete();
            stream.Flush();
        }
        catch (Exception exception) when (AtomicFile.IsWriteError(exception))
        {
            throw AtomicFile.Unwritable(destination, exception);
        }

        Length += tensor.Info.ByteLength;
        return (output, cancellationToken) => Copy(begin, tensor.Info.ByteLength, output, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            stream.Dispose();
        }
        catch (Exception exception) when (AtomicFile.IsWriteError(exception))
        {
            // A full disk fails once more when the buffer is flushed; the error that led here is the one to report.
        }
    }

    private void Copy(long begin, long length, Stream output, CancellationToken cancellationToken)
    {
        var buffer = new byte[Math.Min(Part, length)];
        for (long done = 0; done < length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(stream.SafeFileHandle, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done)), begin + done);
            if (read == 0)
            {
                throw new EndOfStreamException("the temporary data file is shorter than what was written to it");
            }

            output.Write(buffer, 0, read);
            done += read;
        }
    }
}
