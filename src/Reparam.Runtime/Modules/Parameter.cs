using Reparam.Runtime.Packed;

namespace Reparam.Runtime;

/// <summary>
/// A weight: a tensor that a checkpoint fills. It is either dense, and then a tensor like any other, or packed. Its layer, <c>functional.linear</c> and a
/// product with its transpose read the codes of a packed weight. What else reads it as a tensor, such as a sum with it, has its values decoded at the first
/// use; they are kept and take 4 bytes each. A packed weight cannot be written.
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

    /// <summary>Whether products read the codes of the weight where it is packed; else a coded weight is decoded when it is loaded.</summary>
    internal bool MayBePacked { get; set; }

    /// <summary>Independent row blocks of the matrix: the groups of a convolution, else 1.</summary>
    internal int Groups { get; init; } = 1;

    /// <summary>The packed matrix [out, rest], one for each of the <see cref="Groups"/>; null when the weight is dense.</summary>
    internal IReadOnlyList<PackedMatrix>? Packed { get; private set; }

    /// <summary>The values that the codes stand for, in the order of the shape.</summary>
    /// <exception cref="InvalidOperationException">Products of the weight round their inputs, which its values do not show.</exception>
    internal float[] Decode()
    {
        if (Packed![0].RoundsInputs)
        {
            throw new InvalidOperationException(
                $"The packed weight {Layout.Describe(Shape)} rounds the inputs of its products, so only its layer, functional.linear and products "
                    + "with its transpose can use it.");
        }

        var values = new float[Count];
        var rest = values.AsSpan();
        foreach (var matrix in Packed)
        {
            for (var row = 0; row < matrix.Rows; row++)
            {
                matrix.DecodeRow(row, rest);
                rest = rest[matrix.Columns..];
            }
        }

        return values;
    }

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
