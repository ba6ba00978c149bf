namespace Reparam.Runtime;

/// <content>Functional forms of products of vectors and matrices.</content>
public static partial class Torch
{
    /// <summary>beta · input + alpha · the sum of batch1 · batch2 over the batch.</summary>
    [Counterpart("addbmm")]
    public static Tensor Addbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => input.Addbmm(batch1, batch2, beta, alpha);

    /// <summary>beta · input + alpha · mat1 · mat2.</summary>
    [Counterpart("addmm")]
    public static Tensor Addmm(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.Addmm(mat1, mat2, beta, alpha);

    /// <summary>beta · input + alpha · mat · vec.</summary>
    [Counterpart("addmv")]
    public static Tensor Addmv(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.Addmv(mat1, mat2, beta, alpha);

    /// <summary>beta · input + alpha · vec1 ⊗ vec2.</summary>
    [Counterpart("addr")]
    public static Tensor Addr(Tensor input, Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => input.Addr(vec1, vec2, beta, alpha);

    /// <summary>beta · batch2 + alpha · input · batch1, for each matrix of a batch: the order in which TorchSharp hands its arguments on.</summary>
    [Counterpart("baddbmm")]
    public static Tensor Baddbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => input.Baddbmm(batch1, batch2, beta, alpha);

    /// <summary>Distance to another tensor: the norm of the difference.</summary>
    [Counterpart("dist")]
    public static Tensor Dist(Tensor input, Tensor other, float p = 2) => input.Dist(other, p);

    /// <summary>Inner product of two vectors.</summary>
    [Counterpart("dot")]
    public static Tensor Dot(Tensor input, Tensor other) => input.Dot(other);

    /// <summary>All products of two vectors, [n, m].</summary>
    [Counterpart("ger")]
    public static Tensor Ger(Tensor input, Tensor vec2) => input.Ger(vec2);

    /// <summary>Inner products over the last dimensions.</summary>
    [Counterpart("inner")]
    public static Tensor Inner(Tensor input, Tensor vec2) => input.Inner(vec2);

    /// <summary>Kronecker product.</summary>
    [Counterpart("kron")]
    public static Tensor Kron(Tensor input, Tensor other) => input.Kron(other);

    /// <summary>Product of a matrix and a vector.</summary>
    [Counterpart("mv")]
    public static Tensor Mv(Tensor input, Tensor target) => input.Mv(target);

    /// <summary>Sums of products over the last dimensions of the tensor and the first of another.</summary>
    [Counterpart("tensordot")]
    public static Tensor Tensordot(Tensor a, Tensor b, long dims = 2) => a.Tensordot(b, dims);

    /// <summary>Sums of products over the last dimensions of the tensor and the first of another.</summary>
    [Counterpart("tensordot")]
    public static Tensor Tensordot(Tensor a, Tensor b, ReadOnlySpan<long> dims1, ReadOnlySpan<long> dims2) => a.Tensordot(b, dims1, dims2);

    /// <summary>Sum of the diagonal of a matrix.</summary>
    [Counterpart("trace")]
    public static Tensor Trace(Tensor input) => input.Trace();

    /// <summary>Inner product of two vectors, the first conjugated.</summary>
    [Counterpart("vdot")]
    public static Tensor Vdot(Tensor input, Tensor target) => input.Vdot(target);
}
