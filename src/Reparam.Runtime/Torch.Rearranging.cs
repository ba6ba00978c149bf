namespace Reparam.Runtime;

/// <content>Functional forms of views and other orders of elements.</content>
public static partial class Torch
{
    /// <summary>The last two dimensions exchanged, the elements conjugated.</summary>
    [Counterpart("adjoint")]
    public static Tensor Adjoint(Tensor input) => input.Adjoint();

    /// <summary>A contiguous copy.</summary>
    [Counterpart("clone")]
    public static Tensor Clone(Tensor input) => input.Clone();

    /// <summary>The diagonal of a matrix, or a matrix with a vector as its diagonal.</summary>
    [Counterpart("diag")]
    public static Tensor Diag(Tensor input, long diagonal = 0) => input.Diag(diagonal);

    /// <summary>Matrices that have the last dimension as a diagonal; the rest is zero.</summary>
    [Counterpart("diag_embed")]
    public static Tensor DiagEmbed(Tensor input, long offset = 0, long dim1 = -2, long dim2 = -1) => input.DiagEmbed(offset, dim1, dim2);

    /// <summary>A matrix with all elements on a diagonal.</summary>
    [Counterpart("diagflat")]
    public static Tensor Diagflat(Tensor input, long offset = 0) => input.Diagflat(offset);

    /// <summary>A view of a diagonal of each matrix of two dimensions; it becomes the last dimension.</summary>
    [Counterpart("diagonal")]
    public static Tensor Diagonal(Tensor input, long offset = 0, long dim1 = 0, long dim2 = 1) => input.Diagonal(offset, dim1, dim2);

    /// <summary>Equal parts along the third dimension.</summary>
    [Counterpart("dsplit")]
    public static Tensor[] Dsplit(Tensor input, long size) => input.Dsplit(size);

    /// <summary>Equal parts along the third dimension.</summary>
    [Counterpart("dsplit")]
    public static Tensor[] Dsplit(Tensor input, params ReadOnlySpan<long> indices_or_sections) => input.Dsplit(indices_or_sections);

    /// <summary>The order of some dimensions reversed.</summary>
    [Counterpart("flip")]
    public static Tensor Flip(Tensor input, params ReadOnlySpan<long> dims) => input.Flip(dims);

    /// <summary>The second dimension reversed.</summary>
    [Counterpart("fliplr")]
    public static Tensor Fliplr(Tensor input) => input.Fliplr();

    /// <summary>The first dimension reversed.</summary>
    [Counterpart("flipud")]
    public static Tensor Flipud(Tensor input) => input.Flipud();

    /// <summary>Equal parts along the columns; of a vector along its only dimension.</summary>
    [Counterpart("hsplit")]
    public static Tensor[] Hsplit(Tensor input, long indices_or_sections) => input.Hsplit(indices_or_sections);

    /// <summary>Equal parts along the columns; of a vector along its only dimension.</summary>
    [Counterpart("hsplit")]
    public static Tensor[] Hsplit(Tensor input, params ReadOnlySpan<long> indices_or_sections) => input.Hsplit(indices_or_sections);

    /// <summary>A view with dimensions moved to other places; the rest keeps its order.</summary>
    [Counterpart("moveaxis")]
    public static Tensor Moveaxis(Tensor input, ReadOnlySpan<long> source, ReadOnlySpan<long> destination) => input.Moveaxis(source, destination);

    /// <summary>A view with dimensions moved to other places; the rest keeps its order.</summary>
    [Counterpart("movedim")]
    public static Tensor Movedim(Tensor input, ReadOnlySpan<long> source, ReadOnlySpan<long> destination) => input.Movedim(source, destination);

    /// <summary>The elements as a vector.</summary>
    [Counterpart("ravel")]
    public static Tensor Ravel(Tensor input) => input.Ravel();

    /// <summary>Positions moved along dimensions; what leaves at the end comes in at the beginning. Without dimensions all elements are one row.</summary>
    [Counterpart("roll")]
    public static Tensor Roll(Tensor input, long shifts, long? dims = null) => input.Roll(shifts, dims);

    /// <summary>Positions moved along dimensions; what leaves at the end comes in at the beginning. Without dimensions all elements are one row.</summary>
    [Counterpart("roll")]
    public static Tensor Roll(Tensor input, (long, long) shifts, (long, long) dims) => input.Roll(shifts, dims);

    /// <summary>Positions moved along dimensions; what leaves at the end comes in at the beginning. Without dimensions all elements are one row.</summary>
    [Counterpart("roll")]
    public static Tensor Roll(Tensor input, (long, long, long) shifts, (long, long, long) dims) => input.Roll(shifts, dims);

    /// <summary>Positions moved along dimensions; what leaves at the end comes in at the beginning. Without dimensions all elements are one row.</summary>
    [Counterpart("roll")]
    public static Tensor Roll(Tensor input, ReadOnlySpan<long> shifts, ReadOnlySpan<long> dims) => input.Roll(shifts, dims);

    /// <summary>Turned by k times 90 degrees in the plane of two dimensions, from the first to the second.</summary>
    [Counterpart("rot90")]
    public static Tensor Rot90(Tensor input, long k = 1, (long, long)? dims = null) => input.Rot90(k, dims);

    /// <summary>A view of one position of a dimension, which is removed.</summary>
    [Counterpart("select")]
    public static Tensor Select(Tensor input, long dim, long index) => input.Select(dim, index);

    /// <summary>A view with two dimensions exchanged.</summary>
    [Counterpart("swapaxes")]
    public static Tensor Swapaxes(Tensor input, long axis0, long axis1) => input.Swapaxes(axis0, axis1);

    /// <summary>A view with two dimensions exchanged.</summary>
    [Counterpart("swapdims")]
    public static Tensor Swapdims(Tensor input, long dim0, long dim1) => input.Swapdims(dim0, dim1);

    /// <summary>Views of as equal a size as possible along a dimension: the first ones are longer.</summary>
    [Counterpart("tensor_split")]
    public static Tensor[] TensorSplit(Tensor input, long indices_or_sections, long dim = 0) => input.TensorSplit(indices_or_sections, dim);

    /// <summary>Views of as equal a size as possible along a dimension: the first ones are longer.</summary>
    [Counterpart("tensor_split")]
    public static Tensor[] TensorSplit(Tensor input, ReadOnlySpan<long> indices_or_sections, long dim = 0) => input.TensorSplit(indices_or_sections, dim);

    /// <summary>Views of as equal a size as possible along a dimension: the first ones are longer.</summary>
    [Counterpart("tensor_split")]
    public static Tensor[] TensorSplit(Tensor input, Tensor indices_or_sections, long dim = 0) => input.TensorSplit(indices_or_sections, dim);

    /// <summary>Copies side by side; dimensions are added in front where there are more repetitions, repetitions of 1 where there are fewer.</summary>
    [Counterpart("tile")]
    public static Tensor Tile(Tensor input, ReadOnlySpan<long> dims) => input.Tile(dims);

    /// <summary>Splits a dimension into several; one size may be −1.</summary>
    [Counterpart("unflatten")]
    public static Tensor Unflatten(Tensor input, long dim, params ReadOnlySpan<long> sizes) => input.Unflatten(dim, sizes);

    /// <summary>Equal parts along the rows.</summary>
    [Counterpart("vsplit")]
    public static Tensor[] Vsplit(Tensor input, params ReadOnlySpan<long> indices_or_sections) => input.Vsplit(indices_or_sections);

    /// <summary>The transpose of a matrix; a vector or number as it is.</summary>
    [Counterpart("t")]
    public static Tensor t(Tensor input) => input.t();
}
