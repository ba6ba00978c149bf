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

    /// <summary>Products of two batches of matrices.</summary>
    [Counterpart("bmm")]
    public Tensor Bmm(Tensor batch2) => Rank == 3 && batch2.Rank == 3 && Shape[0] == batch2.Shape[0]
        ? MatMul.Run(this, batch2)
        : throw new ArgumentException($"bmm takes two batches of as many matrices, not {Layout.Describe(Shape)} and {Layout.Describe(batch2.Shape)}.");

    /// <summary>Inner product of two vectors.</summary>
    [Counterpart("dot")]
    public Tensor Dot(Tensor target) => Rank == 1 && target.Rank == 1
        ? MatMul.Run(this, target)
        : throw new ArgumentException($"dot takes two vectors, not {Layout.Describe(Shape)} and {Layout.Describe(target.Shape)}.");

    /// <summary>All products of two vectors, [n, m].</summary>
    [Counterpart("outer")]
    public Tensor Outer(Tensor vec2) => Rank == 1 && vec2.Rank == 1
        ? Unsqueeze(1).Mul(vec2.Unsqueeze(0))
        : throw new ArgumentException($"outer takes two vectors, not {Layout.Describe(Shape)} and {Layout.Describe(vec2.Shape)}.");
}
