namespace Reparam.Checkpoints.Import.Onnx;

/// <summary>A part of a file in memory: messages lie within messages, and single bytes of them are asked for.</summary>
internal sealed class ProtoBuffer(FileRange range)
{
    private readonly byte[] bytes = new byte[(int)Math.Min(range.Length, 1 << 16)];
    private long start;
    private int length;

    /// <summary>What is read.</summary>
    public FileRange Range => range;

    /// <summary>One byte.</summary>
    public byte this[long offset]
    {
        get
        {
            if (offset < start || offset >= start + length)
            {
                start = offset;
                length = (int)Math.Min(bytes.Length, range.Length - offset);
                range.Read(offset, bytes.AsSpan(0, length));
            }

            return bytes[(int)(offset - start)];
        }
    }
}
