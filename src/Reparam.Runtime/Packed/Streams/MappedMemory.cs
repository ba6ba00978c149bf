using Reparam.Checkpoints.Safetensors;

namespace Reparam.Runtime.Packed;

/// <summary>A tensor of a mapped file; the mapping lives as long as this object.</summary>
internal sealed unsafe class MappedMemory : StreamMemory
{
    private readonly SafetensorsFile file;
    private readonly byte* start;

    /// <summary>Takes a tensor that is not empty.</summary>
    public MappedMemory(SafetensorsFile file, string tensor)
    {
        this.file = file;
        Bytes = file.Info(tensor).ByteLength;
        fixed (byte* first = file.Bytes(tensor, 0, 1))
        {
            start = first;
        }
    }

    /// <inheritdoc/>
    public override long Bytes { get; }

    /// <inheritdoc/>
    public override byte* Start
    {
        get
        {
            GC.KeepAlive(file);
            return start;
        }
    }
}
