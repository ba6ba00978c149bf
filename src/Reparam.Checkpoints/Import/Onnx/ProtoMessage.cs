namespace Reparam.Checkpoints.Import.Onnx;

/// <summary>A Protocol Buffers message where it lies in a file, read through one buffer for all messages of the file.</summary>
/// <param name="File">The file's buffer.</param>
/// <param name="Offset">First byte of the message, counted from the start of the buffer's range.</param>
/// <param name="Length">Bytes of the message.</param>
internal readonly record struct ProtoMessage(ProtoBuffer File, long Offset, long Length)
{
    /// <summary>A whole file as a message.</summary>
    public static ProtoMessage Of(FileRange file) => new(new ProtoBuffer(file), 0, file.Length);

    /// <summary>The message's place in the file.</summary>
    public FileRange Range => File.Range.Slice(Offset, Length);
}
