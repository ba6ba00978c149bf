using System.Buffers;
using System.Runtime.InteropServices;

namespace Reparam.Checkpoints;

/// <summary>
/// A tensor that is read when its elements are first touched. Its memory is not to be touched for the first time once the checkpoint is closed.
/// </summary>
/// <param name="checkpoint">The checkpoint; kept, not disposed.</param>
/// <param name="name">The tensor, of type <typeparamref name="T"/>.</param>
internal sealed class LazyArray<T>(ICheckpoint checkpoint, string name) : MemoryManager<T>
    where T : unmanaged
{
    private readonly Lock gate = new();
    private T[]? values;

    /// <inheritdoc/>
    public override Memory<T> Memory => CreateMemory(checked((int)checkpoint.Info(name).ElementCount));

    /// <inheritdoc/>
    public override Span<T> GetSpan()
    {
        lock (gate)
        {
            return values ??= checkpoint.ReadArray<T>(name);
        }
    }

    /// <inheritdoc/>
    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        _ = GetSpan();
        var pin = GCHandle.Alloc(values, GCHandleType.Pinned);
        return new MemoryHandle((T*)pin.AddrOfPinnedObject() + elementIndex, pin, this);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
