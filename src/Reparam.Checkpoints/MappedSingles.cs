using System.Buffers;

namespace Reparam.Checkpoints;

/// <summary>Floats of a mapped file as memory.</summary>
/// <param name="checkpoint">The file; kept alive, not disposed.</param>
/// <param name="start">The first float.</param>
/// <param name="length">Their number.</param>
internal sealed unsafe class MappedSingles(ICheckpoint checkpoint, float* start, int length) : MemoryManager<float>
{
    /// <summary>The file.</summary>
    public ICheckpoint Checkpoint => checkpoint;

    /// <inheritdoc/>
    public override Span<float> GetSpan() => new(start, length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new(start + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
