using System.IO.Hashing;

namespace Reparam.Checkpoints.Safetensors;

/// <summary>Takes the bytes of one tensor and refuses one too many at once, one too few at the end.</summary>
/// <param name="destination">Where the bytes go.</param>
/// <param name="file">Path for messages.</param>
/// <param name="info">The tensor.</param>
/// <param name="hash">Takes the bytes too; null for none.</param>
internal sealed class CountedStream(Stream destination, string file, TensorInfo info, XxHash128? hash = null) : Stream
{
    private long written;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => written;

    public override long Position
    {
        get => written;
        set => throw new NotSupportedException();
    }

    public void RequireComplete()
    {
        if (written != info.ByteLength)
        {
            throw Mismatch($"{written} bytes");
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.Length > info.ByteLength - written)
        {
            throw Mismatch($"more than {info.ByteLength} bytes");
        }

        hash?.Append(buffer);
        destination.Write(buffer);
        written += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private CheckpointException Mismatch(string found) =>
        new(file, info.Name, CheckpointRule.DataSource, $"found {found} from its source, expected {info.ByteLength} for {info.Describe()}");
}
