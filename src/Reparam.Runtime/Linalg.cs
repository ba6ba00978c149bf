using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <summary>Norms and products of vectors and matrices.</summary>
[Counterpart("TorchSharp.torch+linalg")]
public static partial class Linalg
{
    /// <summary>The 2-norm over all or some dimensions.</summary>
    [Counterpart("norm")]
    public static Tensor Norm(Tensor input, ReadOnlySpan<long> dims = default, bool keepdim = false) => input.NormOver(dims, 2, keepdim);

    /// <summary>The norm of vectors, (Σ|x|^ord)^(1/ord), over all or some dimensions.</summary>
    [Counterpart("vector_norm")]
    public static Tensor VectorNorm(Tensor input, double ord = 2, ReadOnlySpan<long> dims = default, bool keepdim = false) =>
        input.NormOver(dims, ord, keepdim);

    /// <summary>Inner products along a dimension, the first vector conjugated.</summary>
    [Counterpart("vecdot")]
    public static Tensor Vecdot(Tensor x, Tensor y, long dim = -1) => x.Conj().Mul(y).Sum(dim);

    /// <summary>Cross products of vectors of three elements along a dimension.</summary>
    [Counterpart("cross")]
    public static Tensor Cross(Tensor input, Tensor other, long dim = -1)
    {
        Span<long> shape = stackalloc long[Extents.MaxRank];
        shape = shape[..Layout.Broadcast(input.Shape, other.Shape, shape)];
        var at = Layout.Dimension(dim, shape.Length);
        if (input.Rank != other.Rank || shape[at] != 3)
        {
            throw new ArgumentException(
                $"cross: dimension {dim} of {Layout.Describe(input.Shape)} and {Layout.Describe(other.Shape)}, of one rank, must have three elements.");
        }

        var (x, y) = (input.Expand(shape), other.Expand(shape));
        return x.Roll(-1, at).Mul(y.Roll(-2, at)).Sub(x.Roll(-2, at).Mul(y.Roll(-1, at)));
    }

    /// <summary>A view of a diagonal of each matrix.</summary>
    [Counterpart("diagonal")]
    public static Tensor Diagonal(Tensor input, int offset = 0, int dim1 = -2, int dim2 = -1) => input.Diagonal(offset, dim1, dim2);

    /// <summary>Product of several matrices, from left to right; the first and last may be vectors.</summary>
    [Counterpart("multi_dot")]
    public static Tensor MultiDot(IList<Tensor> tensors) => tensors.Count >= 2
        ? tensors.Skip(1).Aggregate(tensors[0], MatMul.Run)
        : throw new ArgumentException($"multi_dot takes at least two tensors, not {tensors.Count}.");

    /// <summary>The powers of each element, [..., count, columns]; by default as many as there are elements.</summary>
    [Counterpart("vander")]
    public static Tensor Vander(Tensor input, long? N = null) => input.Unsqueeze(-1).Pow(Torch.Arange(N ?? input.Shape[^1]));
}
