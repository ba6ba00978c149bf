using System.Buffers;

namespace Reparam.Checkpoints;

/// <summary>Elements of a mapped file as memory.</summary>
/// <param name="checkpoint">The file; kept alive, not disposed.</param>
/// <param name="start">The first element.</param>
/// <param name="length">Their number.</param>
internal sealed unsafe class MappedArray<T>(ICheckpoint checkpoint, T* start, int length) : MemoryManager<T>
    where T : unmanaged
{
    /// <summary>The file.</summary>
    public ICheckpoint Checkpoint => checkpoint;

    /// <inheritdoc/>
    public override Span<T> GetSpan() => new(start, length);

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
