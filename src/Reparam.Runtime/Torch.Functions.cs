using System.Runtime.CompilerServices;
using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Functional forms of the tensor's members.</content>
public static partial class Torch
{
    /// <summary>Absolute value.</summary>
    [Counterpart("abs")]
    public static Tensor Abs(Tensor input) => input.Abs();

    /// <summary>Cosine.</summary>
    [Counterpart("cos")]
    public static Tensor Cos(Tensor input) => input.Cos();

    /// <summary>Error function.</summary>
    [Counterpart("erf")]
    public static Tensor Erf(Tensor input) => input.Erf();

    /// <summary>eˣ.</summary>
    [Counterpart("exp")]
    public static Tensor Exp(Tensor input) => input.Exp();

    /// <summary>Largest integer not above.</summary>
    [Counterpart("floor")]
    public static Tensor Floor(Tensor input) => input.Floor();

    /// <summary>Natural logarithm.</summary>
    [Counterpart("log")]
    public static Tensor Log(Tensor input) => input.Log();

    /// <summary>Opposite.</summary>
    [Counterpart("neg")]
    public static Tensor Neg(Tensor input) => input.Neg();

    /// <summary>1 / √x.</summary>
    [Counterpart("rsqrt")]
    public static Tensor Rsqrt(Tensor input) => input.Rsqrt();

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [Counterpart("sigmoid")]
    public static Tensor Sigmoid(Tensor input) => input.Sigmoid();

    /// <summary>Sine.</summary>
    [Counterpart("sin")]
    public static Tensor Sin(Tensor input) => input.Sin();

    /// <summary>Square root.</summary>
    [Counterpart("sqrt")]
    public static Tensor Sqrt(Tensor input) => input.Sqrt();

    /// <summary>x².</summary>
    [Counterpart("square")]
    public static Tensor Square(Tensor input) => input.Square();

    /// <summary>Hyperbolic tangent.</summary>
    [Counterpart("tanh")]
    public static Tensor Tanh(Tensor input) => input.Tanh();

    /// <summary>Whether each element is not a number.</summary>
    [Counterpart("isnan")]
    public static Tensor Isnan(Tensor input) => input.Isnan();

    /// <summary>Largest element.</summary>
    [Counterpart("max")]
    public static Tensor Max(Tensor input) => input.Max();

    /// <summary>Smallest element.</summary>
    [Counterpart("min")]
    public static Tensor Min(Tensor input) => input.Min();

    /// <summary>Mean of all elements.</summary>
    [Counterpart("mean")]
    public static Tensor Mean(Tensor input) => input.Mean();

    /// <summary>Position of the first largest element of all.</summary>
    [Counterpart("argmax")]
    public static Tensor Argmax(Tensor input) => input.Argmax();

    /// <summary>Whether every element differs from zero.</summary>
    [Counterpart("all")]
    public static Tensor All(Tensor input) => input.All();

    /// <summary>Whether an element differs from zero.</summary>
    [Counterpart("any")]
    public static Tensor Any(Tensor input) => input.Any();

    /// <summary>Larger of two, with broadcasting; NaN wins.</summary>
    [Counterpart("maximum")]
    public static Tensor Maximum(Tensor input, Tensor other) => input.Maximum(other);

    /// <summary>Smaller of two, with broadcasting; NaN wins.</summary>
    [Counterpart("minimum")]
    public static Tensor Minimum(Tensor input, Tensor other) => input.Minimum(other);

    /// <summary>Larger of two, with broadcasting.</summary>
    [Counterpart("max")]
    public static Tensor Max(Tensor input, Tensor other) => input.Max(other);

    /// <summary>Smaller of two, with broadcasting.</summary>
    [Counterpart("min")]
    public static Tensor Min(Tensor input, Tensor other) => input.Min(other);

    /// <summary>Sum with broadcasting.</summary>
    [Counterpart("add")]
    public static Tensor Add(Tensor left, Tensor right) => left.Add(right);

    /// <summary>Sum with broadcasting.</summary>
    [Counterpart("add")]
    public static Tensor Add(Tensor left, Scalar right) => left.Add(right);

    /// <summary>Difference with broadcasting.</summary>
    [Counterpart("sub")]
    public static Tensor Sub(Tensor left, Tensor right) => left.Sub(right);

    /// <summary>Difference with broadcasting.</summary>
    [Counterpart("sub")]
    public static Tensor Sub(Tensor left, Scalar right) => left.Sub(right);

    /// <summary>Product with broadcasting.</summary>
    [Counterpart("mul")]
    public static Tensor Mul(Tensor left, Tensor right) => left.Mul(right);

    /// <summary>Product with broadcasting.</summary>
    [Counterpart("mul")]
    public static Tensor Mul(Tensor left, Scalar right) => left.Mul(right);

    /// <summary>Quotient with broadcasting. As in TorchSharp, this form does not round, whatever the mode; the tensor's method does.</summary>
    [Counterpart("div")]
    public static Tensor Div(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.Div(right);

    /// <summary>Quotient with broadcasting. As in TorchSharp, this form does not round, whatever the mode; the tensor's method does.</summary>
    [Counterpart("div")]
    public static Tensor Div(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.Div(right);

    /// <summary>Power with broadcasting.</summary>
    [Counterpart("pow")]
    public static Tensor Pow(Tensor left, Tensor exponent) => left.Pow(exponent);

    /// <summary>Power by a number.</summary>
    [Counterpart("pow")]
    public static Tensor Pow(Tensor left, Scalar exponent) => left.Pow(exponent);

    /// <summary>Cuts to a range.</summary>
    [Counterpart("clamp")]
    public static Tensor Clamp(Tensor input, Scalar? min = null, Scalar? max = null) => input.Clamp(min, max);

    /// <summary>Matrix product, with batches.</summary>
    [Counterpart("matmul")]
    public static Tensor Matmul(Tensor input, Tensor target) => input.Matmul(target);

    /// <summary>Product of two matrices.</summary>
    [Counterpart("mm")]
    public static Tensor Mm(Tensor input, Tensor target) => input.Mm(target);

    /// <summary>Products of two batches of matrices.</summary>
    [Counterpart("bmm")]
    public static Tensor Bmm(Tensor input, Tensor batch2) => input.Bmm(batch2);

    /// <summary>All products of two vectors.</summary>
    [Counterpart("outer")]
    public static Tensor Outer(Tensor input, Tensor vec2) => input.Outer(vec2);

    /// <summary>e^x over its sum along a dimension.</summary>
    [Counterpart("softmax")]
    public static Tensor Softmax(Tensor input, int dim, DType? dtype = null) => input.Softmax(dim, dtype);

    /// <summary>x where the condition holds, else y; with broadcasting.</summary>
    [Counterpart("where")]
    public static Tensor Where(Tensor condition, Tensor x, Tensor y) => x.Where(condition, y);

    /// <summary>Joins tensors along a dimension.</summary>
    /// <exception cref="ArgumentException">The other dimensions differ, or there is no tensor.</exception>
    [Counterpart("cat")]
    public static Tensor Cat(ReadOnlySpan<Tensor> tensors, long dim = 0) => Joining.Cat(tensors, dim);

    /// <summary>Joins tensors along a dimension.</summary>
    /// <exception cref="ArgumentException">The other dimensions differ, or there is no tensor.</exception>
    [Counterpart("concat")]
    public static Tensor Concat(ReadOnlySpan<Tensor> tensors, long dim = 0) => Joining.Cat(tensors, dim);

    /// <summary>Joins tensors along a dimension.</summary>
    /// <exception cref="ArgumentException">The other dimensions differ, or there is no tensor.</exception>
    [Counterpart("concatenate")]
    public static Tensor Concatenate(ReadOnlySpan<Tensor> tensors, long axis = 0) => Joining.Cat(tensors, axis);

    /// <summary>Joins tensors along a dimension.</summary>
    /// <exception cref="ArgumentException">The other dimensions differ, or there is no tensor.</exception>
    [OverloadResolutionPriority(-1)]
    [Counterpart("cat")]
    public static Tensor Cat(IList<Tensor> tensors, long dim = 0) => Joining.Cat([.. tensors], dim);

    /// <summary>Joins tensors along a dimension.</summary>
    /// <exception cref="ArgumentException">The other dimensions differ, or there is no tensor.</exception>
    [OverloadResolutionPriority(-1)]
    [Counterpart("concat")]
    public static Tensor Concat(IList<Tensor> tensors, long dim = 0) => Joining.Cat([.. tensors], dim);

    /// <summary>Joins tensors along a dimension.</summary>
    /// <exception cref="ArgumentException">The other dimensions differ, or there is no tensor.</exception>
    [OverloadResolutionPriority(-1)]
    [Counterpart("concatenate")]
    public static Tensor Concatenate(IList<Tensor> tensors, long axis = 0) => Joining.Cat([.. tensors], axis);

    /// <summary>Joins tensors of one shape along a new dimension.</summary>
    /// <exception cref="ArgumentException">The shapes differ, or there is no tensor.</exception>
    [Counterpart("stack")]
    public static Tensor Stack(ReadOnlySpan<Tensor> tensors, long dim = 0) => Joining.Stack(tensors, dim);

    /// <summary>Joins tensors of one shape along a new dimension.</summary>
    /// <exception cref="ArgumentException">The shapes differ, or there is no tensor.</exception>
    [OverloadResolutionPriority(-1)]
    [Counterpart("stack")]
    public static Tensor Stack(IEnumerable<Tensor> tensors, long dim = 0) => Joining.Stack([.. tensors], dim);

    /// <summary>Views of equal size along a dimension.</summary>
    [Counterpart("chunk")]
    public static Tensor[] Chunk(Tensor input, long chunks, long dim = 0) => input.Chunk(chunks, dim);

    /// <summary>Views of the given sizes along a dimension.</summary>
    [Counterpart("split")]
    public static Tensor[] Split(Tensor tensor, ReadOnlySpan<long> split_size_or_sections, long dim = 0) => tensor.Split(split_size_or_sections, dim);

    /// <summary>A view of each position of a dimension.</summary>
    [Counterpart("unbind")]
    public static Tensor[] Unbind(Tensor tensor, int dim = 0) => tensor.Unbind(dim);

    /// <summary>A view of each position of a dimension.</summary>
    [Counterpart("unbind")]
    public static Tensor[] Unbind(Tensor input, long dim = 0) => input.Unbind(dim);

    /// <summary>Elements along a dimension at given positions.</summary>
    [Counterpart("gather")]
    public static Tensor Gather(Tensor input, long dim, Tensor index) => input.Gather(dim, index);

    /// <summary>Positions of a dimension.</summary>
    [Counterpart("index_select")]
    public static Tensor IndexSelect(Tensor input, long dim, Tensor index) => input.IndexSelect(dim, index);

    /// <summary>A view of some positions of a dimension.</summary>
    [Counterpart("narrow")]
    public static Tensor Narrow(Tensor input, long dim, long start, long length) => input.Narrow(dim, start, length);

    /// <summary>A view with the dimensions in another order.</summary>
    [Counterpart("permute")]
    public static Tensor Permute(Tensor input, params ReadOnlySpan<long> permutation) => input.Permute(permutation);

    /// <summary>The elements in another shape.</summary>
    [Counterpart("reshape")]
    public static Tensor Reshape(Tensor input, params ReadOnlySpan<long> shape) => input.Reshape(shape);

    /// <summary>A view without a dimension of size 1, or without all of them.</summary>
    [Counterpart("squeeze")]
    public static Tensor Squeeze(Tensor input, long? dim = null) => input.Squeeze(dim);

    /// <summary>A view with a dimension of size 1 added.</summary>
    [Counterpart("unsqueeze")]
    public static Tensor Unsqueeze(Tensor input, long dim) => input.Unsqueeze(dim);

    /// <summary>A view with two dimensions exchanged.</summary>
    [Counterpart("transpose")]
    public static Tensor Transpose(Tensor input, long dim0, long dim1) => input.Transpose(dim0, dim1);

    /// <summary>Merges dimensions.</summary>
    [Counterpart("flatten")]
    public static Tensor Flatten(Tensor input, long start_dim = 0, long end_dim = -1) => input.Flatten(start_dim, end_dim);

    /// <summary>A view repeated to a shape.</summary>
    [Counterpart("broadcast_to")]
    public static Tensor BroadcastTo(Tensor input, params ReadOnlySpan<long> shape) => input.Expand(shape);

    /// <summary>Running sum along a dimension.</summary>
    [Counterpart("cumsum")]
    public static Tensor Cumsum(Tensor input, long dim, DType? type = null) => input.Cumsum(dim, type);

    /// <summary>Each position several times in a row.</summary>
    [Counterpart("repeat_interleave")]
    public static Tensor RepeatInterleave(Tensor input, long repeats, long? dim = null) => input.RepeatInterleave(repeats, dim);

    /// <summary>The lower triangle of matrices.</summary>
    [Counterpart("tril")]
    public static Tensor Tril(Tensor input, long diagonal = 0) => input.Tril(diagonal);

    /// <summary>The upper triangle of matrices.</summary>
    [Counterpart("triu")]
    public static Tensor Triu(Tensor input, long diagonal = 0) => input.Triu(diagonal);

    /// <summary>Position of the first largest element along a dimension.</summary>
    [Counterpart("argmax")]
    public static Tensor Argmax(Tensor input, long dim, bool keepdim = false) => input.Argmax(dim, keepdim);

    /// <summary>Largest element along a dimension, and where it is first.</summary>
    [Counterpart("max")]
    public static (Tensor values, Tensor indexes) Max(Tensor input, long dim, bool keepdim = false) => input.Max(dim, keepdim);

    /// <summary>Smallest element along a dimension, and where it is first.</summary>
    [Counterpart("min")]
    public static (Tensor values, Tensor indexes) Min(Tensor input, long dim, bool keepdim = false) => input.Min(dim, keepdim);

    /// <summary>Mean over dimensions.</summary>
    [Counterpart("mean")]
    public static Tensor Mean(Tensor input, ReadOnlySpan<long> dimensions, bool keepdim = false, DType? type = null) => input.Mean(dimensions, keepdim, type);

    /// <summary>Sum of all elements.</summary>
    [Counterpart("sum")]
    public static Tensor Sum(Tensor input, DType? type = null) => input.Sum(type);

    /// <summary>Sum over dimensions.</summary>
    [Counterpart("sum")]
    public static Tensor Sum(Tensor input, ReadOnlySpan<long> dim, bool keepdim = false, DType? type = null) => input.Sum(dim, keepdim, type);

    /// <summary>Sum over a dimension.</summary>
    [Counterpart("sum")]
    public static Tensor Sum(Tensor input, long dim, bool keepdim = false, DType? type = null) => input.Sum(dim, keepdim, type);

    /// <summary>Variance of all n elements, divided by n − 1; <paramref name="unbiased"/> is without effect, as in TorchSharp.</summary>
    [Counterpart("var")]
    public static Tensor Var(Tensor input, bool unbiased = true) => input.Var(unbiased);

    /// <summary>Variance over dimensions.</summary>
    [Counterpart("var")]
    public static Tensor Var(Tensor input, ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false) =>
        input.Var(dimensions, unbiased, keepdim);

    /// <summary>Variance over a dimension.</summary>
    [Counterpart("var")]
    public static Tensor Var(Tensor input, long dimensions, bool unbiased = true, bool keepdim = false) => input.Var(dimensions, unbiased, keepdim);

    /// <summary>Standard deviation of all elements.</summary>
    [Counterpart("std")]
    public static Tensor Std(Tensor input, bool unbiased = true) => input.Std(unbiased);

    /// <summary>Number of elements.</summary>
    [Counterpart("numel")]
    public static long Numel(Tensor input) => input.Numel();
}
