using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Reparam.Runtime;

/// <summary>
/// The elements that one or several tensors look at. A pooled storage counts its tensors and goes back to the pool with the last one; any
/// other is left to the garbage collector. Complex numbers lie as pairs of their parts, so that both can be looked at.
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

    /// <summary>Type of the elements; that of the parts where a tensor shows complex numbers.</summary>
    public DType DType { get; }

    /// <summary>Base-2 logarithm of the capacity of a pooled storage; −1 when it is not pooled.</summary>
    public int SizeClass { get; }

    public float[] Floats => Unsafe.As<float[]>(elements);

    public long[] Integers => Unsafe.As<long[]>(elements);

    public bool[] Bools => Unsafe.As<bool[]>(elements);

    /// <summary>Number of elements, seen as elements of a type.</summary>
    public int Length(DType type) => ElementTypes.IsComplex(type) ? elements.Length / 2 : elements.Length;

    /// <summary>The elements; the type must be the tensor's, or one of its width where elements are only moved.</summary>
    public Span<T> Elements<T>()
    {
        if (typeof(T) == typeof(ComplexSingle) || typeof(T) == typeof((float, float)))
        {
            return MemoryMarshal.CreateSpan(ref Unsafe.As<float, T>(ref MemoryMarshal.GetArrayDataReference(Floats)), Floats.Length / 2);
        }

        if (typeof(T) == typeof(Complex))
        {
            var parts = Unsafe.As<double[]>(elements);
            return MemoryMarshal.CreateSpan(ref Unsafe.As<double, T>(ref MemoryMarshal.GetArrayDataReference(parts)), parts.Length / 2);
        }

        return Unsafe.As<T[]>(elements);
    }

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
        DType.Float64 => GC.AllocateUninitializedArray<double>(length),
        DType.Int32 => GC.AllocateUninitializedArray<int>(length),
        DType.Int16 => GC.AllocateUninitializedArray<short>(length),
        DType.Float16 => GC.AllocateUninitializedArray<Half>(length),
        DType.BFloat16 => GC.AllocateUninitializedArray<BFloat16>(length),
        DType.Byte => GC.AllocateUninitializedArray<byte>(length),
        DType.Int8 => GC.AllocateUninitializedArray<sbyte>(length),
        DType.Bool => new bool[length],
        _ => throw new InvalidOperationException($"A storage holds the parts of complex numbers, not {dtype}."),
    };
}
