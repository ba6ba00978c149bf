using System.Runtime.CompilerServices;

namespace Reparam.Runtime;

/// <summary>
/// The elements that one or several tensors look at. A pooled storage counts its tensors and goes back to the pool with the last one; any
/// other is left to the garbage collector.
/// </summary>
internal sealed class Storage
{
    private readonly Array elements;
    private int references;

    private Storage(Array elements, DType dtype, int sizeClass)
    {
        this.elements = elements;
        DType = dtype;
        SizeClass = sizeClass;
    }

    public DType DType { get; }

    /// <summary>Base-2 logarithm of the capacity of a pooled storage; −1 when it is not pooled.</summary>
    public int SizeClass { get; }

    public float[] Floats => Unsafe.As<float[]>(elements);

    public long[] Integers => Unsafe.As<long[]>(elements);

    public bool[] Bools => Unsafe.As<bool[]>(elements);

    /// <summary>The elements; the type must be that of <see cref="DType"/>.</summary>
    public T[] Elements<T>() => Unsafe.As<T[]>(elements);

    public static Storage Pooled(DType dtype, int sizeClass) => new(NewArray(dtype, 1 << sizeClass), dtype, sizeClass);

    public static Storage Collected(DType dtype, int length) => new(NewArray(dtype, length), dtype, -1);

    public static Storage Wrap(float[] elements) => new(elements, DType.Float32, -1);

    /// <summary>Counts the first tensor of a storage that nobody else knows yet.</summary>
    public void BeginReferences() => references = 1;

    public void AddReference()
    {
        if (SizeClass >= 0)
        {
            Interlocked.Increment(ref references);
        }
    }

    /// <summary>Gives the storage back to this thread's pool when no tensor is left.</summary>
    public void RemoveReference()
    {
        // Who holds the only reference shares it with nobody: no other thread can count meanwhile.
        if (SizeClass >= 0 && (Volatile.Read(ref references) == 1 || Interlocked.Decrement(ref references) == 0))
        {
            TensorPool.Local.Return(this);
        }
    }

    private static Array NewArray(DType dtype, int length) => dtype switch
    {
        DType.Float32 => GC.AllocateUninitializedArray<float>(length),
        DType.Int64 => GC.AllocateUninitializedArray<long>(length),
        _ => new bool[length],
    };
}
