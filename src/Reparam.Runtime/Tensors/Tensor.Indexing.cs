using System.Runtime.CompilerServices;
using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Indexing. Integers, slices, ellipsis and new axes give views; tensors of positions or a mask give copies.</content>
public partial class Tensor
{
    /// <summary>A view at positions and slices, or a copy when a tensor is among them. Assignment writes through.</summary>
    /// <exception cref="ArgumentException">There are more indices than dimensions.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A position is outside its dimension.</exception>
    [Counterpart("TensorItems")]
    [IndexerName("TensorItems")]
    public Tensor this[params ReadOnlySpan<TensorIndex> indices]
    {
        get => Index(indices);
        set => IndexPut_(value, indices);
    }

    /// <summary>A copy at positions given by tensors, one for each leading dimension, or where a mask holds. Assignment writes there.</summary>
    [Counterpart("TensorItems")]
    [IndexerName("TensorItems")]
    public Tensor this[params ReadOnlySpan<Tensor> indices]
    {
        get => AdvancedIndex.Get(this, indices, []);
        set => AdvancedIndex.Set(this, indices, [], value);
    }

    /// <summary>A view at one position of the first dimension.</summary>
    [Counterpart("TensorItems")]
    [IndexerName("TensorItems")]
    public Tensor this[long i1]
    {
        get => Select(0, i1);
        set => Select(0, i1).Copy_(value);
    }

    /// <summary>A view at one position of each of the first two dimensions.</summary>
    [Counterpart("TensorItems")]
    [IndexerName("TensorItems")]
    public Tensor this[long i1, long i2]
    {
        get => Select(0, i1).Select(0, i2);
        set => this[i1, i2].Copy_(value);
    }

    /// <summary>A view at one position of each of the first three dimensions.</summary>
    [Counterpart("TensorItems")]
    [IndexerName("TensorItems")]
    public Tensor this[long i1, long i2, long i3]
    {
        get => Select(0, i1).Select(0, i2).Select(0, i3);
        set => this[i1, i2, i3].Copy_(value);
    }

    /// <summary>A view at one position of each of the first four dimensions.</summary>
    [Counterpart("TensorItems")]
    [IndexerName("TensorItems")]
    public Tensor this[long i1, long i2, long i3, long i4]
    {
        get => Select(0, i1).Select(0, i2).Select(0, i3).Select(0, i4);
        set => this[i1, i2, i3, i4].Copy_(value);
    }

    /// <summary>A view at one position of each of the first five dimensions.</summary>
    [Counterpart("TensorItems")]
    [IndexerName("TensorItems")]
    public Tensor this[long i1, long i2, long i3, long i4, long i5]
    {
        get => this[i1, i2, i3, i4].Select(0, i5);
        set => this[i1, i2, i3, i4, i5].Copy_(value);
    }

    /// <summary>A view at one position of each of the first six dimensions.</summary>
    [Counterpart("TensorItems")]
    [IndexerName("TensorItems")]
    public Tensor this[long i1, long i2, long i3, long i4, long i5, long i6]
    {
        get => this[i1, i2, i3, i4].Select(0, i5).Select(0, i6);
        set => this[i1, i2, i3, i4, i5, i6].Copy_(value);
    }

    /// <summary>A view at positions and slices, or a copy when a tensor is among them.</summary>
    [Counterpart("index")]
    public Tensor Index(params ReadOnlySpan<TensorIndex> indices)
    {
        var positions = Positions(indices);
        var view = Basic(indices, positions, out var dims);
        return dims == 0 ? view : AdvancedIndex.Get(view, positions[..dims], Dims(indices, dims, stackalloc int[Extents.MaxRank]));
    }

    /// <summary>Writes at positions and slices; the value is broadcast and converted.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("index_put_")]
    public Tensor IndexPut_(Tensor value, params ReadOnlySpan<TensorIndex> indices)
    {
        if (IsUnloaded)
        {
            return this;
        }

        var positions = Positions(indices);
        var view = Basic(indices, positions, out var dims);
        if (dims == 0)
        {
            view.Copy_(value);
        }
        else
        {
            AdvancedIndex.Set(view, positions[..dims], Dims(indices, dims, stackalloc int[Extents.MaxRank]), value);
        }

        return this;
    }

    /// <summary>A copy at positions given by tensors, one for each leading dimension, or where a mask holds.</summary>
    [Counterpart("index")]
    public Tensor Index(params ReadOnlySpan<Tensor> indices) => AdvancedIndex.Get(this, indices, []);

    /// <summary>Writes at positions given by tensors, or where a mask holds.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("index_put_")]
    public Tensor IndexPut_(Tensor value, params ReadOnlySpan<Tensor> indices) => IndexPut_(value, indices, false);

    /// <summary>Writes, or adds, at positions given by tensors, or where a mask holds.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("index_put_")]
    public Tensor IndexPut_(Tensor value, ReadOnlySpan<Tensor> indices, bool accumulate)
    {
        if (!IsUnloaded)
        {
            AdvancedIndex.Set(this, indices, [], value, accumulate);
        }

        return this;
    }

    /// <summary>Writes a number at positions and slices.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("index_put_")]
    public Tensor IndexPut_(Scalar value, params ReadOnlySpan<TensorIndex> indices) => IndexPut_(Of(value, Dtype), indices);

    /// <summary>Writes a number at positions given by tensors, or where a mask holds.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("index_put_")]
    public Tensor IndexPut_(Scalar value, params ReadOnlySpan<Tensor> indices) => IndexPut_(Of(value, Dtype), indices, false);

    private static Tensor[] Positions(ReadOnlySpan<TensorIndex> indices)
    {
        foreach (var index in indices)
        {
            if (index.Kind == TensorIndexKind.Tensor)
            {
                return new Tensor[indices.Length];
            }
        }

        return [];
    }

    /// <summary>Applies all but the tensors, whose dimensions stay whole; collects the tensors.</summary>
    private Tensor Basic(ReadOnlySpan<TensorIndex> indices, Tensor[] positions, out int tensors)
    {
        var taken = Taken(indices);
        if (taken > Rank)
        {
            throw new ArgumentException($"Too many indices for a tensor of shape {Layout.Describe(Shape)}: {taken}.");
        }

        var view = this;
        var dim = 0;
        tensors = 0;
        foreach (var index in indices)
        {
            switch (index.Kind)
            {
                case TensorIndexKind.Position:
                    view = view.Select(dim, index.Start!.Value);
                    break;
                case TensorIndexKind.Slice:
                    if (index.Start is not null || index.Stop is not null || index.Step is not null)
                    {
                        view = view.Slice(dim, index.Start ?? 0, index.Stop ?? long.MaxValue, index.Step ?? 1);
                    }

                    dim++;
                    break;
                case TensorIndexKind.NewAxis:
                    view = view.Unsqueeze(dim++);
                    break;
                case TensorIndexKind.Truth:
                    view = view.Unsqueeze(dim).Narrow(dim++, 0, index.Start!.Value);
                    break;
                case TensorIndexKind.Ellipsis:
                    dim += Rank - taken;
                    break;
                default:
                    positions[tensors++] = index.Indices!;
                    dim += Width(index.Indices!);
                    break;
            }
        }

        return ReferenceEquals(view, this) ? Alias() : view;
    }

    /// <summary>The dimension of the partly indexed view at which each tensor index starts.</summary>
    private Span<int> Dims(ReadOnlySpan<TensorIndex> indices, int tensors, Span<int> dims)
    {
        var taken = Taken(indices);
        var dim = 0;
        var next = 0;
        foreach (var index in indices)
        {
            if (index.Kind == TensorIndexKind.Tensor)
            {
                dims[next++] = dim;
            }

            dim += index.Kind switch
            {
                TensorIndexKind.Position => 0,
                TensorIndexKind.Ellipsis => Rank - taken,
                TensorIndexKind.Tensor => Width(index.Indices!),
                _ => 1,
            };
        }

        return dims[..tensors];
    }

    private static int Taken(ReadOnlySpan<TensorIndex> indices)
    {
        var taken = 0;
        var ellipses = 0;
        foreach (var index in indices)
        {
            taken += index.Kind switch
            {
                TensorIndexKind.Position or TensorIndexKind.Slice => 1,
                TensorIndexKind.Tensor => Width(index.Indices!),
                _ => 0,
            };
            ellipses += index.Kind == TensorIndexKind.Ellipsis ? 1 : 0;
        }

        return ellipses <= 1 ? taken : throw new ArgumentException("An index has at most one ellipsis.");
    }

    private static int Width(Tensor index) => index.Dtype is DType.Bool or DType.Byte ? index.Rank : 1;
}
