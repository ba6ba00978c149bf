using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime;

/// <summary>
/// A strided view of elements in memory, at most 8 dimensions. What has a TorchSharp name behaves as it does there (broadcasting, type promotion,
/// negative dimensions, views that share memory and refusals to view). Single precision, 64-bit integers and truth values are fast; other types are right.
/// There is no gradient. Tensors may be read from several threads; each thread that writes needs its own.
/// </summary>
[Counterpart("TorchSharp.torch+Tensor")]
public partial class Tensor : IDisposable
{
    private const int Released = -1;

    private Storage? storage;
    private Extents sizes;
    private Extents steps;
    private int offset;
    private int rank = Released;
    private DType dtype;

    internal Tensor()
    {
    }

    /// <summary>For twins alone: the sizes as an array, for patterns that name them.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public long[] ShapeArray => Shape.ToArray();

    /// <summary>Sizes of the dimensions, slowest first. Valid until the tensor is released.</summary>
    [Counterpart("shape")]
    public ReadOnlySpan<long> Shape
    {
        get
        {
            ThrowIfReleased();
            return MemoryMarshal.CreateReadOnlySpan(ref sizes[0], rank);
        }
    }

    /// <summary>Number of dimensions.</summary>
    [Counterpart("ndim")]
    public long Ndim => Rank;

    /// <summary>Element type.</summary>
    [Counterpart("dtype")]
    public DType Dtype
    {
        get
        {
            ThrowIfReleased();
            return dtype;
        }
    }

    /// <summary>The CPU.</summary>
    [Counterpart("device")]
    public Device Device => Device.Cpu;

    /// <summary>Whether the tensor was disposed, or its scope has ended.</summary>
    [Counterpart("IsInvalid")]
    public bool IsInvalid => rank == Released;

    internal ScopeFrame? Scope { get; set; }

    internal int ScopeSlot { get; set; }

    internal int Rank
    {
        get
        {
            ThrowIfReleased();
            return rank;
        }
    }

    internal ReadOnlySpan<long> Strides
    {
        get
        {
            ThrowIfReleased();
            return MemoryMarshal.CreateReadOnlySpan(ref steps[0], rank);
        }
    }

    internal int Offset => offset;

    internal int Count
    {
        get
        {
            long count = 1;
            foreach (var size in Shape)
            {
                count *= size;
            }

            return (int)count;
        }
    }

    internal Storage Storage
    {
        get
        {
            ThrowIfReleased();
            return storage ?? this switch
            {
                Parameter { Packed: { } packed } weight => Decode(weight, packed),
                TransposedWeight { Weight: var weight } => weight.Storage,
                _ => ThrowNoData(),
            };
        }
    }

    internal bool HasData => storage is not null;

    /// <summary>Whether this is a weight that waits for its checkpoint: what a constructor writes into it does not matter.</summary>
    internal bool IsUnloaded => storage is null && this is Parameter { Packed: null } && rank != Released;

    /// <summary>Number of dimensions.</summary>
    [Counterpart("dim")]
    public long Dim() => Rank;

    /// <summary>Sizes of the dimensions.</summary>
    [Counterpart("size")]
    public ReadOnlySpan<long> Size() => Shape;

    /// <summary>Size of one dimension; negative counts from the end.</summary>
    [Counterpart("size")]
    public long Size(int dim) => Shape[Dimension(dim)];

    /// <summary>Distance in elements between neighbours, for each dimension.</summary>
    [Counterpart("stride")]
    public ReadOnlySpan<long> Stride() => Strides;

    /// <summary>Distance in elements between neighbours of a dimension.</summary>
    [Counterpart("stride")]
    public long Stride(int dim) => Strides[Dimension(dim)];

    /// <summary>Number of elements.</summary>
    [Counterpart("numel")]
    public long Numel() => Count;

    /// <summary>Whether the elements lie in memory in the order of the dimensions, without gaps.</summary>
    [Counterpart("is_contiguous")]
    public bool IsContiguous() => Layout.IsContiguous(Shape, Strides);

    /// <summary>Whether the elements are floating-point numbers.</summary>
    [Counterpart("is_floating_point")]
    public bool IsFloatingPoint() => ElementTypes.IsFloat(Dtype);

    /// <summary>Whether the elements are integers or truth values.</summary>
    [Counterpart("is_integral")]
    public bool IsIntegral() => ElementTypes.Category(Dtype) <= 1;

    /// <summary>Whether the elements are complex numbers.</summary>
    [Counterpart("is_complex")]
    public bool IsComplex() => ElementTypes.IsComplex(Dtype);

    /// <summary>Moves the tensor to the enclosing scope, or out of every scope.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("MoveToOuterDisposeScope")]
    public Tensor MoveToOuterDisposeScope()
    {
        ThrowIfReleased();
        if (Scope is { } scope)
        {
            scope.Remove(this);
            scope.Outer?.Add(this);
        }

        return this;
    }

    /// <summary>Takes the tensor out of every scope: it lives as long as it is referenced.</summary>
    /// <returns>This tensor.</returns>
    public Tensor DetachFromScope()
    {
        ThrowIfReleased();
        Scope?.Remove(this);
        return this;
    }

    /// <summary>
    /// Releases the tensor; its memory is used again when no other view of it is alive. A second call does nothing, nor does one for a weight before loading.
    /// </summary>
    [Counterpart("Dispose")]
    [SuppressMessage("Design", "CA1063", Justification = "Nothing derives from it outside this assembly, and there is nothing to finalize.")]
    [SuppressMessage("Usage", "CA1816", Justification = "There is no finalizer.")]
    public void Dispose()
    {
        if (rank == Released || IsUnloaded)
        {
            return;
        }

        var pool = Scope?.Owner;
        Scope?.Remove(this);
        Release();
        if (pool is not null && GetType() == typeof(Tensor))
        {
            pool.Return(this);
        }
    }

    internal void Release()
    {
        storage?.RemoveReference();
        storage = null;
        rank = Released;
    }

    /// <summary>Makes this tensor a view: of <paramref name="data"/>, or of nothing yet.</summary>
    internal void Bind(Storage? data, DType type, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, int start)
    {
        data?.AddReference();
        storage = data;
        dtype = type;
        rank = shape.Length;
        offset = start;
        Lay(shape, strides);
    }

    /// <summary>Sets sizes, and strides without gaps.</summary>
    /// <returns>Number of elements.</returns>
    /// <exception cref="OverflowException">It does not fit 64 bits.</exception>
    private long Lay(ReadOnlySpan<long> shape)
    {
        long count = 1;
        long stride = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            sizes[i] = shape[i];
            steps[i] = stride;
            stride = checked(stride * Math.Max(shape[i], 1));
            count = checked(count * shape[i]);
        }

        return count;
    }

    private void Lay(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        for (var i = 0; i < shape.Length; i++)
        {
            sizes[i] = shape[i];
            steps[i] = strides[i];
        }
    }

    // Takes storage that is no other tensor's; sizes and strides are set.
    private void Hold(Storage data, DType type, int dimensions)
    {
        data.BeginReferences();
        storage = data;
        dtype = type;
        rank = dimensions;
        offset = 0;
    }

    /// <remarks>Every look at a tensor begins with it, so what throws is elsewhere.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ThrowIfReleased()
    {
        if (rank == Released)
        {
            ThrowReleased();
        }
    }

    [DoesNotReturn]
    private static void ThrowReleased() =>
        throw new ObjectDisposedException(nameof(Tensor), "The tensor was disposed, or the scope in which it was made has ended.");

    // A packed weight that something else than its layer reads: its values are decoded once and kept.
    private Storage Decode(Parameter weight, IReadOnlyList<PackedMatrix> packed)
    {
        lock (packed)
        {
            if (storage is null)
            {
                Volatile.Write(ref storage, Storage.Wrap(weight.Decode()));
            }

            return storage;
        }
    }

    // Products of the layer would not see what is written.
    private void ThrowIfPacked()
    {
        if (this is Parameter { Packed: not null })
        {
            throw new InvalidOperationException($"The packed weight {Layout.Describe(Shape)} cannot be written: its layer reads the codes.");
        }
    }

    [DoesNotReturn]
    private Storage ThrowNoData() => throw new InvalidOperationException(
        $"The weight {Layout.Describe(Shape)} is empty: load a checkpoint before the first forward.");
}
