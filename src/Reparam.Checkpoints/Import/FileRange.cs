using Microsoft.Win32.SafeHandles;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Import;

/// <summary>Copies a range of an open file.</summary>
internal static class FileRange
{
    /// <summary>A source that copies <paramref name="length"/> bytes from <paramref name="offset"/> of an open file.</summary>
    public static TensorSource Source(SafeFileHandle handle, string path, long offset, long length) => (destination, cancellationToken) =>
    {
        var buffer = new byte[(int)Math.Min(length, 1 << 20)];
        for (long done = 0; done < length;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = RandomAccess.Read(handle, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - done)), offset + done);
            if (read == 0)
            {
                throw new CheckpointException(
                    path, null, CheckpointRule.Readable,
                    $"found the end of the file at byte {offset + done}; it became shorter while it was read");
            }

            destination.Write(buffer.AsSpan(0, read));
            done += read;
        }
    };
}
