using Reparam.Runtime.Packed;

namespace Reparam.Runtime;

/// <summary>
/// A weight: a tensor that a checkpoint fills. It is either dense, and then a tensor like any other, or packed, and then used by its layer
/// and by <c>functional.linear</c> only.
/// </summary>
[Counterpart("TorchSharp.Modules.Parameter")]
public sealed class Parameter : Tensor
{
    /// <summary>Makes a weight with values that loading replaces.</summary>
    /// <param name="data">Shape and values; shared, not copied.</param>
    /// <param name="requires_grad">Without meaning here: there is no gradient.</param>
    [Counterpart(".ctor")]
    public Parameter(Tensor data, bool requires_grad = true)
    {
        ArgumentNullException.ThrowIfNull(data);
        Bind(data.Storage, data.Dtype, data.Shape, data.Strides, data.Offset);
    }

    internal Parameter(params ReadOnlySpan<long> shape)
    {
        Span<long> strides = stackalloc long[CheckedRank(shape.Length)];
        Layout.ContiguousStrides(shape, strides);
        Bind(null, DType.Float32, shape, strides, 0);
        TensorPool.Local.Construction?.Charge(ConstructionBudget.ObjectBytes);
    }

    /// <summary>Whether the weight is kept in packed form.</summary>
    public bool IsPacked => Packed is not null;

    /// <summary>Whether the layer that owns the weight multiplies packed matrices; else a coded weight is decoded when it is loaded.</summary>
    internal bool MayBePacked { get; init; }

    /// <summary>Independent row blocks of the matrix: the groups of a convolution, else 1.</summary>
    internal int Groups { get; init; } = 1;

    /// <summary>The packed matrix [out, rest], one for each of the <see cref="Groups"/>; null when the weight is dense.</summary>
    internal IReadOnlyList<PackedMatrix>? Packed { get; private set; }

    /// <summary>Fills the weight with dense values, in the order of its shape.</summary>
    internal void Fill(float[] values)
    {
        Span<long> shape = stackalloc long[Rank];
        Span<long> strides = stackalloc long[Rank];
        Shape.CopyTo(shape);
        Layout.ContiguousStrides(shape, strides);
        Release();
        Packed = null;
        Bind(Storage.Wrap(values), DType.Float32, shape, strides, 0);
    }

    /// <summary>Fills the weight with packed matrices, one for each of the <see cref="Groups"/>.</summary>
    internal void Fill(IReadOnlyList<PackedMatrix> matrices)
    {
        Span<long> shape = stackalloc long[Rank];
        Span<long> strides = stackalloc long[Rank];
        Shape.CopyTo(shape);
        Strides.CopyTo(strides);
        Release();
        Packed = matrices;
        Bind(null, DType.Float32, shape, strides, 0);
    }
}
