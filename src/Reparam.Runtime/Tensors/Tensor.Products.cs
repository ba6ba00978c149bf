using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

public partial class Tensor
{
    /// <summary>Matrix product: vectors are rows on the left and columns on the right, leading dimensions are batches and are broadcast.</summary>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    [Counterpart("matmul")]
    public Tensor Matmul(Tensor target) => MatMul.Run(this, target);

    /// <summary>Product of two matrices.</summary>
    [Counterpart("mm")]
    public Tensor Mm(Tensor target) => Rank == 2 && target.Rank == 2
        ? MatMul.Run(this, target)
        : throw new ArgumentException($"mm takes two matrices, not {Layout.Describe(Shape)} and {Layout.Describe(target.Shape)}.");

    /// <summary>Product of a matrix and a vector.</summary>
    [Counterpart("mv")]
    public Tensor Mv(Tensor target) => Rank == 2 && target.Rank == 1
        ? MatMul.Run(this, target)
        : throw new ArgumentException($"mv takes a matrix and a vector, not {Layout.Describe(Shape)} and {Layout.Describe(target.Shape)}.");

    /// <summary>Products of two batches of matrices.</summary>
    [Counterpart("bmm")]
    public Tensor Bmm(Tensor batch2) => Rank == 3 && batch2.Rank == 3 && Shape[0] == batch2.Shape[0]
        ? MatMul.Run(this, batch2)
        : throw new ArgumentException($"bmm takes two batches of as many matrices, not {Layout.Describe(Shape)} and {Layout.Describe(batch2.Shape)}.");

    /// <summary>beta · this + alpha · mat1 · mat2.</summary>
    [Counterpart("addmm")]
    public Tensor Addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) => Plus(mat1.Mm(mat2), beta, alpha, "addmm");

    /// <summary>beta · this + alpha · mat · vec.</summary>
    [Counterpart("addmv")]
    public Tensor Addmv(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) => Plus(mat.Mv(vec), beta, alpha, "addmv");

    /// <summary>beta · this + alpha · vec1 ⊗ vec2.</summary>
    [Counterpart("addr")]
    public Tensor Addr(Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => Plus(vec1.Outer(vec2), beta, alpha, "addr");

    /// <summary>beta · batch2 + alpha · this · batch1, for each matrix of a batch: the order in which TorchSharp hands its arguments on.</summary>
    [Counterpart("baddbmm")]
    public Tensor Baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => batch2.Plus(Bmm(batch1), beta, alpha, "baddbmm");

    /// <summary>beta · this + alpha · the sum of batch1 · batch2 over the batch.</summary>
    [Counterpart("addbmm")]
    public Tensor Addbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => Plus(batch1.Bmm(batch2).Sum([0L]), beta, alpha, "addbmm");

    /// <summary>Inner product of two vectors.</summary>
    [Counterpart("dot")]
    public Tensor Dot(Tensor target) => Rank == 1 && target.Rank == 1
        ? MatMul.Run(this, target)
        : throw new ArgumentException($"dot takes two vectors, not {Layout.Describe(Shape)} and {Layout.Describe(target.Shape)}.");

    /// <summary>Inner product of two vectors, the first conjugated.</summary>
    [Counterpart("vdot")]
    public Tensor Vdot(Tensor target) => Conj().Dot(target);

    /// <summary>Inner products over the last dimensions.</summary>
    [Counterpart("inner")]
    public Tensor Inner(Tensor vec2) => Rank == 0 || vec2.Rank == 0 ? Mul(vec2) : Tensordot(vec2, [Rank - 1], [vec2.Rank - 1]);

    /// <summary>All products of two vectors, [n, m].</summary>
    [Counterpart("outer")]
    public Tensor Outer(Tensor vec2) => Rank == 1 && vec2.Rank == 1
        ? Unsqueeze(1).Mul(vec2.Unsqueeze(0))
        : throw new ArgumentException($"outer takes two vectors, not {Layout.Describe(Shape)} and {Layout.Describe(vec2.Shape)}.");

    /// <summary>All products of two vectors, [n, m].</summary>
    [Counterpart("ger")]
    public Tensor Ger(Tensor vec2) => Outer(vec2);

    /// <summary>Sums of products over the last dimensions of this tensor and the first of another.</summary>
    [Counterpart("tensordot")]
    public Tensor Tensordot(Tensor b, long dims = 2)
    {
        if (dims < 0 || dims > Math.Min(Rank, b.Rank))
        {
            throw new ArgumentException($"tensordot: {dims} dimensions of {Layout.Describe(Shape)} and {Layout.Describe(b.Shape)} cannot be summed over.");
        }

        Span<long> first = stackalloc long[(int)dims];
        Span<long> second = stackalloc long[(int)dims];
        for (var i = 0; i < dims; i++)
        {
            (first[i], second[i]) = (Rank - dims + i, i);
        }

        return Contraction.Run(this, b, first, second);
    }

    /// <summary>Sums of products over pairs of dimensions.</summary>
    [Counterpart("tensordot")]
    public Tensor Tensordot(Tensor b, ReadOnlySpan<long> dims1, ReadOnlySpan<long> dims2) => Contraction.Run(this, b, dims1, dims2);

    /// <summary>Kronecker product.</summary>
    [Counterpart("kron")]
    public Tensor Kron(Tensor other)
    {
        var rank = Math.Max(Rank, other.Rank);
        Span<long> left = stackalloc long[CheckedRank(2 * rank)];
        Span<long> right = stackalloc long[2 * rank];
        Span<long> shape = stackalloc long[rank];
        left.Fill(1);
        right.Fill(1);
        for (var i = 1; i <= rank; i++)
        {
            var (a, b) = (i <= Rank ? Shape[^i] : 1, i <= other.Rank ? other.Shape[^i] : 1);
            (left[^(2 * i)], right[^((2 * i) - 1)], shape[^i]) = (a, b, a * b);
        }

        return Reshape(left).Mul(other.Reshape(right)).Reshape(shape);
    }

    /// <summary>Sum of the diagonal of a matrix.</summary>
    [Counterpart("trace")]
    public Tensor Trace() => Dtype == DType.Bool ? throw NoBool("trace")
        : Rank == 2 ? Diagonal().Sum()
        : throw new ArgumentException($"trace takes a matrix, not {Layout.Describe(Shape)}.");

    /// <summary>Distance to another tensor: the norm of the difference.</summary>
    [Counterpart("dist")]
    public Tensor Dist(Tensor other, float p = 2) => Sub(other).Norm(p);

    // beta · this + alpha · product; with beta 0 this is not looked at.
    private Tensor Plus(Tensor product, float beta, float alpha, string operation)
    {
        if (Dtype != product.Dtype)
        {
            throw new InvalidOperationException($"{operation}: all tensors must have one type, but there are {Dtype} and {product.Dtype}.");
        }

        if (!Layout.Broadcasts(Shape, product.Shape))
        {
            throw new ArgumentException($"{operation}: a tensor of shape {Layout.Describe(Shape)} cannot be added to {Layout.Describe(product.Shape)}.");
        }

        return InHub(Dtype, type =>
        {
            var scaled = alpha == 1 ? product.As(type) : product.As(type).Mul(Factor(alpha, type));
            return beta == 0 ? scaled : As(type).Mul(Factor(beta, type)).Add(scaled);
        });
    }

    // Integers are scaled by the integer part.
    private static Scalar Factor(float value, DType type) => ElementTypes.Category(type) < 2 ? (long)value : value;
}
