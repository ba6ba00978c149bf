using System.Runtime.CompilerServices;
using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Functions of several tensors.</content>
public static partial class Torch
{
    /// <summary>Sums of products in index notation.</summary>
    /// <param name="equation">Indices of each operand and of the result: <c>"bij,bjk->bik"</c>.</param>
    /// <param name="tensors">The operands.</param>
    /// <exception cref="ArgumentException">The notation does not fit the operands.</exception>
    [Counterpart("einsum")]
    public static Tensor Einsum(string equation, params ReadOnlySpan<Tensor> tensors) => EinsteinSum.Run(equation, tensors);

    /// <summary>Joins along the columns; vectors along their only dimension.</summary>
    [Counterpart("hstack")]
    public static Tensor Hstack(params ReadOnlySpan<Tensor> tensors)
    {
        var parts = Mapped(tensors, tensor => tensor.Atleast1d());
        return Joining.Cat(parts, parts.Length > 0 && parts[0].Rank == 1 ? 0 : 1);
    }

    /// <summary>Joins along the columns; vectors along their only dimension.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("hstack")]
    public static Tensor Hstack(IEnumerable<Tensor> tensors) => Hstack([.. tensors]);

    /// <summary>Joins along the rows; vectors are rows.</summary>
    [Counterpart("vstack")]
    public static Tensor Vstack(ReadOnlySpan<Tensor> tensors) => Joining.Cat(Mapped(tensors, tensor => tensor.Atleast2d()), 0);

    /// <summary>Joins along the rows; vectors are rows.</summary>
    [OverloadResolutionPriority(-1)]
    [Counterpart("vstack")]
    public static Tensor Vstack(IList<Tensor> tensors) => Vstack([.. tensors]);

    /// <summary>Joins along the rows; vectors are rows.</summary>
    [Counterpart("row_stack")]
    public static Tensor RowStack(params ReadOnlySpan<Tensor> tensors) => Vstack(tensors);

    /// <summary>Joins along the third dimension.</summary>
    [Counterpart("dstack")]
    public static Tensor Dstack(params ReadOnlySpan<Tensor> tensors) => Joining.Cat(Mapped(tensors, tensor => tensor.Atleast3d()), 2);

    /// <summary>Joins along the columns; vectors are columns.</summary>
    [Counterpart("column_stack")]
    public static Tensor ColumnStack(params ReadOnlySpan<Tensor> tensors) =>
        Joining.Cat(Mapped(tensors, tensor => tensor.Rank <= 1 ? tensor.Reshape(tensor.Numel(), 1) : tensor), 1);

    /// <summary>Matrices along a diagonal; the rest is zero. Vectors are rows.</summary>
    [Counterpart("block_diag")]
    public static Tensor BlockDiag(params ReadOnlySpan<Tensor> tensors)
    {
        var blocks = Mapped(tensors, tensor => tensor.Rank <= 2
            ? tensor.Atleast2d()
            : throw new ArgumentException($"block_diag takes matrices, not {Layout.Describe(tensor.Shape)}."));
        var type = blocks.Length == 0 ? DType.Float32 : blocks.Aggregate(blocks[0].Dtype, (known, block) => Runtime.Tensor.Promote(known, block.Dtype));
        var result = Zeros(blocks.Sum(block => block.Shape[0]), blocks.Sum(block => block.Shape[1]), type);
        var (row, column) = (0L, 0L);
        foreach (var block in blocks)
        {
            result.Narrow(0, row, block.Shape[0]).Narrow(1, column, block.Shape[1]).Copy_(block);
            (row, column) = (row + block.Shape[0], column + block.Shape[1]);
        }

        return result;
    }

    /// <summary>Views of vectors as coordinates of a grid.</summary>
    /// <param name="tensors">Vectors, or numbers.</param>
    /// <param name="indexing"><c>ij</c>: the first vector is the first dimension; <c>xy</c>: the first two are exchanged.</param>
    [Counterpart("meshgrid")]
    public static Tensor[] Meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij")
    {
        var vectors = tensors.Select(tensor => tensor.Rank <= 1
            ? tensor.Reshape(-1)
            : throw new ArgumentException($"meshgrid takes vectors, not {Layout.Describe(tensor.Shape)}.")).ToArray();
        if (indexing is not ("ij" or "xy"))
        {
            throw new ArgumentException($"meshgrid: indexing must be 'ij' or 'xy', but is '{indexing}'.");
        }

        var exchanges = indexing == "xy" && vectors.Length >= 2;
        var sizes = vectors.Select(vector => vector.Numel()).ToArray();
        if (exchanges)
        {
            (sizes[0], sizes[1]) = (sizes[1], sizes[0]);
        }

        return [.. vectors.Select((vector, i) =>
        {
            var shape = new long[sizes.Length];
            shape.AsSpan().Fill(1);
            shape[exchanges && i < 2 ? 1 - i : i] = vector.Numel();
            return vector.View(shape).Expand(sizes);
        })];
    }

    /// <summary>All combinations of the elements of vectors, one a row.</summary>
    [Counterpart("cartesian_prod")]
    public static Tensor CartesianProd(params ReadOnlySpan<Tensor> tensors)
    {
        var vectors = tensors.ToArray();
        return vectors.Length == 1
            ? vectors[0].Clone()
            : Joining.Stack([.. Meshgrid(vectors).Select(coordinate => coordinate.Reshape(-1))], 1);
    }

    /// <summary>All combinations of r elements of a vector, in order, one a row.</summary>
    [Counterpart("combinations")]
    public static Tensor Combinations(Tensor input, int r = 2, bool with_replacement = false)
    {
        if (input.Rank != 1 || r < 0)
        {
            throw new ArgumentException($"combinations: {r} elements of a tensor of shape {Layout.Describe(input.Shape)}.");
        }

        var (rows, places) = (new List<long>(), new long[r]);
        void Choose(int depth, long from)
        {
            if (depth == r)
            {
                rows.AddRange(places);
                return;
            }

            for (var i = from; i < input.Numel(); i++)
            {
                places[depth] = i;
                Choose(depth + 1, with_replacement ? i : i + 1);
            }
        }

        if (r > 0)
        {
            Choose(0, 0);
        }

        return input.IndexSelect(0, Tensor(rows.ToArray())).Reshape(r == 0 ? [0] : [rows.Count / r, r]);
    }

    /// <summary>Views of tensors in their common shape.</summary>
    [Counterpart("broadcast_tensors")]
    public static IList<Tensor> BroadcastTensors(params ReadOnlySpan<Tensor> tensors)
    {
        Span<long> shape = stackalloc long[Extents.MaxRank];
        Span<long> wider = stackalloc long[Extents.MaxRank];
        var rank = 0;
        foreach (var tensor in tensors)
        {
            rank = Layout.Broadcast(shape[..rank], tensor.Shape, wider);
            wider.CopyTo(shape);
        }

        var views = new Tensor[tensors.Length];
        for (var i = 0; i < views.Length; i++)
        {
            views[i] = tensors[i].Expand(shape[..rank]);
        }

        return views;
    }

    /// <summary>Distances of the rows of two batches of matrices, by the p-norm.</summary>
    /// <param name="x1">[…, n, d].</param>
    /// <param name="x2">[…, m, d].</param>
    /// <param name="p">The norm.</param>
    /// <returns>[…, n, m].</returns>
    [Counterpart("cdist")]
    public static Tensor Cdist(Tensor x1, Tensor x2, double p = 2) => x1.Rank >= 2 && x2.Rank >= 2 && x1.Shape[^1] == x2.Shape[^1]
        ? x1.Unsqueeze(-2).Sub(x2.Unsqueeze(-3)).NormAlong(-1, p)
        : throw new ArgumentException($"cdist: the rows of {Layout.Describe(x1.Shape)} and {Layout.Describe(x2.Shape)} must have one length.");

    /// <summary>For each value, its place in an ascending sequence.</summary>
    /// <param name="sorted_sequence">[n], or with the leading dimensions of the values.</param>
    /// <param name="values">Any shape.</param>
    /// <param name="out_int32">Whether places are 32-bit integers.</param>
    /// <param name="right">Whether a value comes after the elements that equal it.</param>
    [Counterpart("searchsorted")]
    public static Tensor Searchsorted(Tensor sorted_sequence, Tensor values, bool out_int32 = false, bool right = false) =>
        Ordering.Search(sorted_sequence, values, right).As(out_int32 ? DType.Int32 : DType.Int64);

    /// <summary>Complex numbers of their parts.</summary>
    [Counterpart("complex")]
    public static Tensor Complex(Tensor real, Tensor imag) => ComplexNumbers.FromParts(real, imag);

    /// <summary>Complex numbers of their absolute values and angles.</summary>
    [Counterpart("polar")]
    public static Tensor Polar(Tensor abs, Tensor angle) => ComplexNumbers.FromPolar(abs, angle);

    /// <summary>A view of the real parts; a real tensor itself.</summary>
    [Counterpart("real")]
    public static Tensor Real(Tensor input) => input.Real;

    /// <summary>A view of the imaginary parts.</summary>
    [Counterpart("imag")]
    public static Tensor Imag(Tensor input) => input.Imag;

    /// <summary>Positions where a condition holds, a vector for each dimension.</summary>
    [Counterpart("where")]
    public static Tensor[] Where(Tensor condition) => [.. condition.NonzeroAsList()];

    /// <summary>Type of a result of two tensors.</summary>
    [Counterpart("result_type")]
    public static DType ResultType(Tensor tensor1, Tensor tensor2) => tensor1.TypeWith(tensor2);

    /// <summary>The smallest type that holds the values of both.</summary>
    [Counterpart("promote_types")]
    public static DType PromoteTypes(DType type1, DType type2) => ElementTypes.Promote(type1, type2);

    /// <summary>Whether a result of one type may be written into a tensor of another.</summary>
    [Counterpart("can_cast")]
    public static bool CanCast(DType from, DType to) => ElementTypes.CanCast(from, to);

    /// <summary>Whether a type is one of floating-point numbers.</summary>
    [Counterpart("is_floating_point")]
    public static bool IsFloatingPoint(DType type) => ElementTypes.IsFloat(type);

    /// <summary>Whether a type is one of complex numbers.</summary>
    [Counterpart("is_complex")]
    public static bool IsComplex(DType type) => ElementTypes.IsComplex(type);

    /// <summary>Whether a type is one of integers.</summary>
    [Counterpart("is_integral")]
    public static bool IsIntegral(DType type) => ElementTypes.Category(type) <= 1;

    /// <summary>A view with dimensions moved to other places.</summary>
    [Counterpart("movedim")]
    public static Tensor Movedim(Tensor input, long source, long destination) => input.Movedim([source], [destination]);

    /// <summary>A view with dimensions moved to other places.</summary>
    [Counterpart("moveaxis")]
    public static Tensor Moveaxis(Tensor input, long source, long destination) => input.Movedim([source], [destination]);

    /// <summary>Area under values a distance apart, by trapezoids.</summary>
    [Counterpart("trapz")]
    public static Tensor Trapz(Tensor y, double dx = 1, long dim = -1) => y.Trapezoid(dx, dim);

    private static Tensor[] Mapped(ReadOnlySpan<Tensor> tensors, Func<Tensor, Tensor> function)
    {
        var mapped = new Tensor[tensors.Length];
        for (var i = 0; i < mapped.Length; i++)
        {
            mapped[i] = function(tensors[i]);
        }

        return mapped;
    }
}
