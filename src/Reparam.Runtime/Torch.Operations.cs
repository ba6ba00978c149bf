namespace Reparam.Runtime;

/// <content>Functional forms of the tensor's operations.</content>
public static partial class Torch
{
    /// <summary>Absolute value.</summary>
    [Counterpart("absolute")]
    public static Tensor Absolute(Tensor input) => input.Absolute();

    /// <summary>Inverse cosine.</summary>
    [Counterpart("acos")]
    public static Tensor Acos(Tensor input) => input.Acos();

    /// <summary>Inverse hyperbolic cosine.</summary>
    [Counterpart("acosh")]
    public static Tensor Acosh(Tensor input) => input.Acosh();

    /// <summary>Sum with broadcasting.</summary>
    [Counterpart("add")]
    public static Tensor Add(Tensor left, Tensor right, Scalar alpha) => left.Add(right, alpha);

    /// <summary>Sum with broadcasting.</summary>
    [Counterpart("add")]
    public static Tensor Add(Tensor left, Scalar right, Scalar alpha) => left.Add(right, alpha);

    /// <summary>beta · input + alpha · the sum of batch1 · batch2 over the batch.</summary>
    [Counterpart("addbmm")]
    public static Tensor Addbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => input.Addbmm(batch1, batch2, beta, alpha);

    /// <summary>The tensor + value · tensor1 / tensor2.</summary>
    [Counterpart("addcdiv")]
    public static Tensor Addcdiv(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.Addcdiv(tensor1, tensor2, value);

    /// <summary>The tensor + value · tensor1 · tensor2.</summary>
    [Counterpart("addcmul")]
    public static Tensor Addcmul(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.Addcmul(tensor1, tensor2, value);

    /// <summary>beta · input + alpha · mat1 · mat2.</summary>
    [Counterpart("addmm")]
    public static Tensor Addmm(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.Addmm(mat1, mat2, beta, alpha);

    /// <summary>beta · input + alpha · mat · vec.</summary>
    [Counterpart("addmv")]
    public static Tensor Addmv(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.Addmv(mat1, mat2, beta, alpha);

    /// <summary>beta · input + alpha · vec1 ⊗ vec2.</summary>
    [Counterpart("addr")]
    public static Tensor Addr(Tensor input, Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => input.Addr(vec1, vec2, beta, alpha);

    /// <summary>The last two dimensions exchanged, the elements conjugated.</summary>
    [Counterpart("adjoint")]
    public static Tensor Adjoint(Tensor input) => input.Adjoint();

    /// <summary>Whether every element differs from zero.</summary>
    [Counterpart("all")]
    public static Tensor All(Tensor input, long dim, bool keepdim = false) => input.All(dim, keepdim);

    /// <summary>Whether all elements are close to another tensor's.</summary>
    [Counterpart("allclose")]
    public static bool Allclose(Tensor tensor, Tensor target, double rtol = 1E-05, double atol = 1E-08, bool equal_nan = false) =>
        tensor.Allclose(target, rtol, atol, equal_nan);

    /// <summary>Largest element over dimensions.</summary>
    [Counterpart("amax")]
    public static Tensor Amax(Tensor input, ReadOnlySpan<long> dims, bool keepdim = false) => input.Amax(dims, keepdim);

    /// <summary>Largest element over dimensions; over all when none is named.</summary>
    [Counterpart("amax")]
    public static Tensor Amax(Tensor input, params ReadOnlySpan<long> dims) => input.Amax(dims);

    /// <summary>Smallest element over dimensions.</summary>
    [Counterpart("amin")]
    public static Tensor Amin(Tensor input, ReadOnlySpan<long> dims, bool keepdim = false) => input.Amin(dims, keepdim);

    /// <summary>Smallest and largest element, of all or along a dimension.</summary>
    [Counterpart("aminmax")]
    public static (Tensor min, Tensor max) Aminmax(Tensor input, long? dim = null, bool keepdim = false) => input.Aminmax(dim, keepdim);

    /// <summary>Argument of a complex number; 0 or π of a real one.</summary>
    [Counterpart("angle")]
    public static Tensor Angle(Tensor input) => input.Angle();

    /// <summary>Whether an element differs from zero.</summary>
    [Counterpart("any")]
    public static Tensor Any(Tensor input, long dim, bool keepdim = false) => input.Any(dim, keepdim);

    /// <summary>Inverse cosine.</summary>
    [Counterpart("arccos")]
    public static Tensor Arccos(Tensor input) => input.Arccos();

    /// <summary>Inverse hyperbolic cosine.</summary>
    [Counterpart("arccosh")]
    public static Tensor Arccosh(Tensor input) => input.Arccosh();

    /// <summary>Inverse sine.</summary>
    [Counterpart("arcsin")]
    public static Tensor Arcsin(Tensor input) => input.Arcsin();

    /// <summary>Inverse hyperbolic sine.</summary>
    [Counterpart("arcsinh")]
    public static Tensor Arcsinh(Tensor input) => input.Arcsinh();

    /// <summary>Inverse tangent.</summary>
    [Counterpart("arctan")]
    public static Tensor Arctan(Tensor input) => input.Arctan();

    /// <summary>Angle of the point (other, this).</summary>
    [Counterpart("arctan2")]
    public static Tensor Arctan2(Tensor input, Tensor other) => input.Arctan2(other);

    /// <summary>Inverse hyperbolic tangent.</summary>
    [Counterpart("arctanh")]
    public static Tensor Arctanh(Tensor input) => input.Arctanh();

    /// <summary>Position of the first smallest element of all; NaN is smaller than any number.</summary>
    [Counterpart("argmin")]
    public static Tensor Argmin(Tensor input) => input.Argmin();

    /// <summary>Position of the first smallest element of all; NaN is smaller than any number.</summary>
    [Counterpart("argmin")]
    public static Tensor Argmin(Tensor input, long dim, bool keepdim = false) => input.Argmin(dim, keepdim);

    /// <summary>Positions in order, ascending unless descending; equal elements keep their order.</summary>
    [Counterpart("argsort")]
    public static Tensor Argsort(Tensor input, long dim = -1, bool descending = false) => input.Argsort(dim, descending);

    /// <summary>Positions of the elements that differ from zero, [count, dimensions].</summary>
    [Counterpart("argwhere")]
    public static Tensor Argwhere(Tensor input) => input.Argwhere();

    /// <summary>Inverse sine.</summary>
    [Counterpart("asin")]
    public static Tensor Asin(Tensor input) => input.Asin();

    /// <summary>Inverse hyperbolic sine.</summary>
    [Counterpart("asinh")]
    public static Tensor Asinh(Tensor input) => input.Asinh();

    /// <summary>Inverse tangent.</summary>
    [Counterpart("atan")]
    public static Tensor Atan(Tensor input) => input.Atan();

    /// <summary>Angle of the point (other, this).</summary>
    [Counterpart("atan2")]
    public static Tensor Atan2(Tensor input, Tensor other) => input.Atan2(other);

    /// <summary>Inverse hyperbolic tangent.</summary>
    [Counterpart("atanh")]
    public static Tensor Atanh(Tensor input) => input.Atanh();

    /// <summary>beta · batch2 + alpha · input · batch1, for each matrix of a batch: the order in which TorchSharp hands its arguments on.</summary>
    [Counterpart("baddbmm")]
    public static Tensor Baddbmm(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => input.Baddbmm(batch1, batch2, beta, alpha);

    /// <summary>How often each number from 0 on occurs, or the sum of its weights.</summary>
    [Counterpart("bincount")]
    public static Tensor Bincount(Tensor input, Tensor? weights, long minlength = 0) => input.Bincount(weights, minlength);

    /// <summary>And of the bits.</summary>
    [Counterpart("bitwise_and")]
    public static Tensor BitwiseAnd(Tensor left, Tensor right) => left.BitwiseAnd(right);

    /// <summary>Bits shifted to the left.</summary>
    [Counterpart("bitwise_left_shift")]
    public static Tensor BitwiseLeftShift(Tensor left, Tensor right) => left.BitwiseLeftShift(right);

    /// <summary>Complement of the bits; the opposite of truth values.</summary>
    [Counterpart("bitwise_not")]
    public static Tensor BitwiseNot(Tensor input) => input.BitwiseNot();

    /// <summary>Or of the bits.</summary>
    [Counterpart("bitwise_or")]
    public static Tensor BitwiseOr(Tensor left, Tensor right) => left.BitwiseOr(right);

    /// <summary>Bits shifted to the right; the sign stays.</summary>
    [Counterpart("bitwise_right_shift")]
    public static Tensor BitwiseRightShift(Tensor left, Tensor right) => left.BitwiseRightShift(right);

    /// <summary>Exclusive or of the bits.</summary>
    [Counterpart("bitwise_xor")]
    public static Tensor BitwiseXor(Tensor left, Tensor right) => left.BitwiseXor(right);

    /// <summary>For each element, between which boundaries it lies.</summary>
    [Counterpart("bucketize")]
    public static Tensor Bucketize(Tensor input, Tensor boundaries, bool outInt32 = false, bool right = false) =>
        input.Bucketize(boundaries, outInt32, right);

    /// <summary>Smallest integer not below.</summary>
    [Counterpart("ceil")]
    public static Tensor Ceil(Tensor input) => input.Ceil();

    /// <summary>Cuts to a range; NaN stays. When the bounds cross, the upper one counts.</summary>
    [Counterpart("clamp")]
    public static Tensor Clamp(Tensor input, Tensor? min, Tensor? max) => input.Clamp(min, max);

    /// <summary>At most a number.</summary>
    [Counterpart("clamp_max")]
    public static Tensor ClampMax(Tensor input, Scalar max) => input.ClampMax(max);

    /// <summary>At least a number.</summary>
    [Counterpart("clamp_min")]
    public static Tensor ClampMin(Tensor input, Scalar min) => input.ClampMin(min);

    /// <summary>Cuts to a range; NaN stays.</summary>
    [Counterpart("clip")]
    public static Tensor Clip(Tensor input, Scalar? min = null, Scalar? max = null) => input.Clip(min, max);

    /// <summary>A contiguous copy.</summary>
    [Counterpart("clone")]
    public static Tensor Clone(Tensor input) => input.Clone();

    /// <summary>Complex conjugate.</summary>
    [Counterpart("conj")]
    public static Tensor Conj(Tensor input) => input.Conj();

    /// <summary>Complex conjugate.</summary>
    [Counterpart("conj_physical")]
    public static Tensor ConjPhysical(Tensor input) => input.ConjPhysical();

    /// <summary>The absolute value with another's sign.</summary>
    [Counterpart("copysign")]
    public static Tensor Copysign(Tensor input, Tensor other) => input.Copysign(other);

    /// <summary>Hyperbolic cosine.</summary>
    [Counterpart("cosh")]
    public static Tensor Cosh(Tensor input) => input.Cosh();

    /// <summary>Number of elements that differ from zero, over all or some dimensions.</summary>
    [Counterpart("count_nonzero")]
    public static Tensor CountNonzero(Tensor input, ReadOnlySpan<long> dims = default) => input.CountNonzero(dims);

    /// <summary>Running maximum along a dimension, and where it was reached last.</summary>
    [Counterpart("cummax")]
    public static (Tensor values, Tensor indices) Cummax(Tensor input, long dim) => input.Cummax(dim);

    /// <summary>Running minimum along a dimension, and where it was reached last.</summary>
    [Counterpart("cummin")]
    public static (Tensor values, Tensor indices) Cummin(Tensor input, long dim) => input.Cummin(dim);

    /// <summary>Running product along a dimension.</summary>
    [Counterpart("cumprod")]
    public static Tensor Cumprod(Tensor input, long dim, DType? dtype = null) => input.Cumprod(dim, dtype);

    /// <summary>Running area under values a distance apart, by trapezoids.</summary>
    [Counterpart("cumulative_trapezoid")]
    public static Tensor CumulativeTrapezoid(Tensor y, double dx = 1, long dim = -1) => y.CumulativeTrapezoid(dx, dim);

    /// <summary>Degrees as radians.</summary>
    [Counterpart("deg2rad")]
    public static Tensor Deg2rad(Tensor input) => input.Deg2rad();

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

    /// <summary>A copy with a tensor in the place of a diagonal.</summary>
    [Counterpart("diagonal_scatter")]
    public static Tensor DiagonalScatter(Tensor input, Tensor src, long offset = 0, long dim1 = 0, long dim2 = 1) =>
        input.DiagonalScatter(src, offset, dim1, dim2);

    /// <summary>Differences of neighbours along a dimension, n times.</summary>
    [Counterpart("diff")]
    public static Tensor Diff(Tensor input, long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null) => input.Diff(n, dim, prepend, append);

    /// <summary>Derivative of ln Γ(x).</summary>
    [Counterpart("digamma")]
    public static Tensor Digamma(Tensor input) => input.Digamma();

    /// <summary>Distance to another tensor: the norm of the difference.</summary>
    [Counterpart("dist")]
    public static Tensor Dist(Tensor input, Tensor other, float p = 2) => input.Dist(other, p);

    /// <summary>Quotient with broadcasting. As in TorchSharp, this form does not round, whatever the mode; the tensor's method does.</summary>
    [Counterpart("divide")]
    public static Tensor Divide(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.Div(right);

    /// <summary>Quotient with broadcasting. As in TorchSharp, this form does not round, whatever the mode; the tensor's method does.</summary>
    [Counterpart("divide")]
    public static Tensor Divide(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.Div(right);

    /// <summary>Inner product of two vectors.</summary>
    [Counterpart("dot")]
    public static Tensor Dot(Tensor input, Tensor other) => input.Dot(other);

    /// <summary>Equal parts along the third dimension.</summary>
    [Counterpart("dsplit")]
    public static Tensor[] Dsplit(Tensor input, long size) => input.Dsplit(size);

    /// <summary>Equal parts along the third dimension.</summary>
    [Counterpart("dsplit")]
    public static Tensor[] Dsplit(Tensor input, params ReadOnlySpan<long> indices_or_sections) => input.Dsplit(indices_or_sections);

    /// <summary>Equality of elements.</summary>
    [Counterpart("eq")]
    public static Tensor Eq(Tensor left, Tensor right) => left.Eq(right);

    /// <summary>Equality of elements.</summary>
    [Counterpart("equal")]
    public static Tensor Equal(Tensor tensor, Tensor target) => tensor.Equal(target);

    /// <summary>1 − erf(x).</summary>
    [Counterpart("erfc")]
    public static Tensor Erfc(Tensor input) => input.Erfc();

    /// <summary>The error function, which is what TorchSharp's function of this name gives; the tensor's method gives the inverse.</summary>
    [Counterpart("erfinv")]
    public static Tensor Erfinv(Tensor input) => input.Erf();

    /// <summary>2ˣ.</summary>
    [Counterpart("exp2")]
    public static Tensor Exp2(Tensor input) => input.Exp2();

    /// <summary>eˣ − 1, accurate near 0.</summary>
    [Counterpart("expm1")]
    public static Tensor Expm1(Tensor input) => input.Expm1();

    /// <summary>Integer part: cut towards zero.</summary>
    [Counterpart("fix")]
    public static Tensor Fix(Tensor input) => input.Fix();

    /// <summary>The order of some dimensions reversed.</summary>
    [Counterpart("flip")]
    public static Tensor Flip(Tensor input, params ReadOnlySpan<long> dims) => input.Flip(dims);

    /// <summary>The second dimension reversed.</summary>
    [Counterpart("fliplr")]
    public static Tensor Fliplr(Tensor input) => input.Fliplr();

    /// <summary>The first dimension reversed.</summary>
    [Counterpart("flipud")]
    public static Tensor Flipud(Tensor input) => input.Flipud();

    /// <summary>Power in double precision.</summary>
    [Counterpart("float_power")]
    public static Tensor FloatPower(Tensor input, Tensor target) => input.FloatPower(target);

    /// <summary>Quotient, rounded down.</summary>
    [Counterpart("floor_divide")]
    public static Tensor FloorDivide(Tensor input, Tensor other) => input.FloorDivide(other);

    /// <summary>Larger of two; of a number and NaN the number.</summary>
    [Counterpart("fmax")]
    public static Tensor Fmax(Tensor input, Tensor other) => input.Fmax(other);

    /// <summary>Smaller of two; of a number and NaN the number.</summary>
    [Counterpart("fmin")]
    public static Tensor Fmin(Tensor input, Tensor other) => input.Fmin(other);

    /// <summary>What the quotient, cut towards zero, leaves over; it has the sign of the dividend.</summary>
    [Counterpart("fmod")]
    public static Tensor Fmod(Tensor left, Tensor right) => left.Fmod(right);

    /// <summary>What the quotient, cut towards zero, leaves over; it has the sign of the dividend.</summary>
    [Counterpart("fmod")]
    public static Tensor Fmod(Tensor left, Scalar right) => left.Fmod(right);

    /// <summary>What the integer part leaves over.</summary>
    [Counterpart("frac")]
    public static Tensor Frac(Tensor input) => input.Frac();

    /// <summary>Greatest common divisor.</summary>
    [Counterpart("gcd")]
    public static Tensor Gcd(Tensor left, Tensor right) => left.Gcd(right);

    /// <summary>Greater than or equal of elements.</summary>
    [Counterpart("ge")]
    public static Tensor Ge(Tensor left, Tensor right) => left.Ge(right);

    /// <summary>All products of two vectors, [n, m].</summary>
    [Counterpart("ger")]
    public static Tensor Ger(Tensor input, Tensor vec2) => input.Ger(vec2);

    /// <summary>Greater than of elements.</summary>
    [Counterpart("greater")]
    public static Tensor Greater(Tensor tensor, Tensor target) => tensor.Greater(target);

    /// <summary>Greater than or equal of elements.</summary>
    [Counterpart("greater_equal")]
    public static Tensor GreaterEqual(Tensor tensor, Tensor target) => tensor.GreaterEqual(target);

    /// <summary>Greater than of elements.</summary>
    [Counterpart("gt")]
    public static Tensor Gt(Tensor left, Tensor right) => left.Gt(right);

    /// <summary>0, 1, or the value of other, as the element is negative, positive or zero.</summary>
    [Counterpart("heaviside")]
    public static Tensor Heaviside(Tensor input, Tensor values) => input.Heaviside(values);

    /// <summary>How many elements lie in each of the equal parts of a range; of the range of the elements when both ends are equal.</summary>
    [Counterpart("histc")]
    public static Tensor Histc(Tensor input, long bins = 100, long min = 0, long max = 0) => input.Histc(bins, min, max);

    /// <summary>Equal parts along the columns; of a vector along its only dimension.</summary>
    [Counterpart("hsplit")]
    public static Tensor[] Hsplit(Tensor input, long indices_or_sections) => input.Hsplit(indices_or_sections);

    /// <summary>Equal parts along the columns; of a vector along its only dimension.</summary>
    [Counterpart("hsplit")]
    public static Tensor[] Hsplit(Tensor input, params ReadOnlySpan<long> indices_or_sections) => input.Hsplit(indices_or_sections);

    /// <summary>√(x² + y²).</summary>
    [Counterpart("hypot")]
    public static Tensor Hypot(Tensor left, Tensor right) => left.Hypot(right);

    /// <summary>Modified Bessel function of the first kind and order 0.</summary>
    [Counterpart("i0")]
    public static Tensor I0(Tensor input) => input.I0();

    /// <summary>A copy with alpha times the parts of another tensor added at positions of a dimension.</summary>
    [Counterpart("index_add")]
    public static Tensor IndexAdd(Tensor input, long dim, Tensor index, Tensor source, Scalar alpha) => input.IndexAdd(dim, index, source, alpha);

    /// <summary>A copy with the parts of another tensor written to positions of a dimension.</summary>
    [Counterpart("index_copy")]
    public static Tensor IndexCopy(Tensor input, long dim, Tensor index, Tensor source) => input.IndexCopy(dim, index, source);

    /// <summary>A copy with a number at positions of a dimension.</summary>
    [Counterpart("index_fill")]
    public static Tensor IndexFill(Tensor input, long dim, Tensor index, Scalar value) => input.IndexFill(dim, index, value);

    /// <summary>Inner products over the last dimensions.</summary>
    [Counterpart("inner")]
    public static Tensor Inner(Tensor input, Tensor vec2) => input.Inner(vec2);

    /// <summary>Whether the elements are complex numbers.</summary>
    [Counterpart("is_complex")]
    public static bool IsComplex(Tensor input) => input.IsComplex();

    /// <summary>False: conjugates are computed when they are asked for.</summary>
    [Counterpart("is_conj")]
    public static bool IsConj(Tensor input) => input.IsConj();

    /// <summary>Whether the elements are floating-point numbers.</summary>
    [Counterpart("is_floating_point")]
    public static bool IsFloatingPoint(Tensor input) => input.IsFloatingPoint();

    /// <summary>Whether the elements are integers or truth values.</summary>
    [Counterpart("is_integral")]
    public static bool IsIntegral(Tensor t) => t.IsIntegral();

    /// <summary>Whether the only element differs from zero.</summary>
    [Counterpart("is_nonzero")]
    public static bool IsNonzero(Tensor input) => input.IsNonzero();

    /// <summary>Whether each element is close to another's: |a − b| ≤ atol + rtol·|b|.</summary>
    [Counterpart("isclose")]
    public static Tensor Isclose(Tensor tensor, Tensor other, double rtol = 1E-05, double atol = 1E-08, bool nanEqual = false) =>
        tensor.Isclose(other, rtol, atol, nanEqual);

    /// <summary>Whether each element is neither infinite nor no number.</summary>
    [Counterpart("isfinite")]
    public static Tensor Isfinite(Tensor tensor) => tensor.Isfinite();

    /// <summary>Whether each element is one of others.</summary>
    [Counterpart("isin")]
    public static Tensor Isin(Tensor tensor, Tensor test_elements, bool assumeUnique = false, bool invert = false) =>
        tensor.Isin(test_elements, assumeUnique, invert);

    /// <summary>Whether each element is infinite.</summary>
    [Counterpart("isinf")]
    public static Tensor Isinf(Tensor tensor) => tensor.Isinf();

    /// <summary>Whether each element is negative infinity.</summary>
    [Counterpart("isneginf")]
    public static Tensor Isneginf(Tensor tensor) => tensor.Isneginf();

    /// <summary>Whether each element is positive infinity.</summary>
    [Counterpart("isposinf")]
    public static Tensor Isposinf(Tensor tensor) => tensor.Isposinf();

    /// <summary>Whether each element has no imaginary part.</summary>
    [Counterpart("isreal")]
    public static Tensor Isreal(Tensor tensor) => tensor.Isreal();

    /// <summary>Kronecker product.</summary>
    [Counterpart("kron")]
    public static Tensor Kron(Tensor input, Tensor other) => input.Kron(other);

    /// <summary>The k-th smallest element along a dimension (the last unless another is named), and where it is.</summary>
    [Counterpart("kthvalue")]
    public static (Tensor values, Tensor indices) Kthvalue(Tensor input, long k, long? dim, bool keepdim = false) => input.Kthvalue(k, dim, keepdim);

    /// <summary>Least common multiple.</summary>
    [Counterpart("lcm")]
    public static Tensor Lcm(Tensor input, Tensor other) => input.Lcm(other);

    /// <summary>x · 2^other.</summary>
    [Counterpart("ldexp")]
    public static Tensor Ldexp(Tensor input, Tensor other) => input.Ldexp(other);

    /// <summary>Less than or equal of elements.</summary>
    [Counterpart("le")]
    public static Tensor Le(Tensor left, Tensor right) => left.Le(right);

    /// <summary>The tensor + weight · (end − this).</summary>
    [Counterpart("lerp")]
    public static Tensor Lerp(Tensor input, Tensor end, Tensor weight) => input.Lerp(end, weight);

    /// <summary>Less than of elements.</summary>
    [Counterpart("less")]
    public static Tensor Less(Tensor tensor, Tensor target) => tensor.Less(target);

    /// <summary>Less than or equal of elements.</summary>
    [Counterpart("less_equal")]
    public static Tensor LessEqual(Tensor tensor, Tensor target) => tensor.LessEqual(target);

    /// <summary>Logarithm of |Γ(x)|.</summary>
    [Counterpart("lgamma")]
    public static Tensor Lgamma(Tensor input) => input.Lgamma();

    /// <summary>Logarithm to base 10.</summary>
    [Counterpart("log10")]
    public static Tensor Log10(Tensor input) => input.Log10();

    /// <summary>ln(1 + x), accurate near 0.</summary>
    [Counterpart("log1p")]
    public static Tensor Log1p(Tensor input) => input.Log1p();

    /// <summary>Logarithm to base 2.</summary>
    [Counterpart("log2")]
    public static Tensor Log2(Tensor input) => input.Log2();

    /// <summary>ln(eˣ + eʸ).</summary>
    [Counterpart("logaddexp")]
    public static Tensor Logaddexp(Tensor left, Tensor right) => left.Logaddexp(right);

    /// <summary>log₂(2ˣ + 2ʸ).</summary>
    [Counterpart("logaddexp2")]
    public static Tensor Logaddexp2(Tensor left, Tensor right) => left.Logaddexp2(right);

    /// <summary>Running logarithm of the sum of eˣ along a dimension.</summary>
    [Counterpart("logcumsumexp")]
    public static Tensor Logcumsumexp(Tensor input, long dim) => input.Logcumsumexp(dim);

    /// <summary>Both differ from zero.</summary>
    [Counterpart("logical_and")]
    public static Tensor LogicalAnd(Tensor left, Tensor right) => left.LogicalAnd(right);

    /// <summary>Equal to zero.</summary>
    [Counterpart("logical_not")]
    public static Tensor LogicalNot(Tensor input) => input.LogicalNot();

    /// <summary>Either differs from zero.</summary>
    [Counterpart("logical_or")]
    public static Tensor LogicalOr(Tensor left, Tensor right) => left.LogicalOr(right);

    /// <summary>One of the two differs from zero.</summary>
    [Counterpart("logical_xor")]
    public static Tensor LogicalXor(Tensor left, Tensor right) => left.LogicalXor(right);

    /// <summary>ln(x / (1 − x)), with x cut to [eps, 1 − eps] where eps is given.</summary>
    [Counterpart("logit")]
    public static Tensor Logit(Tensor input, double? eps = null) => input.Logit(eps);

    /// <summary>Logarithm of the sum of eˣ along a dimension.</summary>
    [Counterpart("logsumexp")]
    public static Tensor Logsumexp(Tensor input, long dim, bool keepdim = false) => input.Logsumexp(dim, keepdim);

    /// <summary>Less than of elements.</summary>
    [Counterpart("lt")]
    public static Tensor Lt(Tensor left, Tensor right) => left.Lt(right);

    /// <summary>The elements where a mask holds, as a vector; the mask is broadcast.</summary>
    [Counterpart("masked_select")]
    public static Tensor MaskedSelect(Tensor input, Tensor mask) => input.MaskedSelect(mask);

    /// <summary>The middle element, the lower of two; NaN if there is one.</summary>
    [Counterpart("median")]
    public static Tensor Median(Tensor input) => input.Median();

    /// <summary>The most frequent element along a dimension, the smallest of several, and its last position.</summary>
    [Counterpart("mode")]
    public static (Tensor values, Tensor indices) Mode(Tensor input, long dim = -1, bool keepdim = false) => input.Mode(dim, keepdim);

    /// <summary>A view with dimensions moved to other places; the rest keeps its order.</summary>
    [Counterpart("moveaxis")]
    public static Tensor Moveaxis(Tensor input, ReadOnlySpan<long> source, ReadOnlySpan<long> destination) => input.Moveaxis(source, destination);

    /// <summary>A view with dimensions moved to other places; the rest keeps its order.</summary>
    [Counterpart("movedim")]
    public static Tensor Movedim(Tensor input, ReadOnlySpan<long> source, ReadOnlySpan<long> destination) => input.Movedim(source, destination);

    /// <summary>Elements in ascending order along the first dimension.</summary>
    [Counterpart("msort")]
    public static Tensor Msort(Tensor tensor) => tensor.Msort();

    /// <summary>Product with broadcasting.</summary>
    [Counterpart("multiply")]
    public static Tensor Multiply(Tensor left, Tensor right) => left.Multiply(right);

    /// <summary>Product with broadcasting.</summary>
    [Counterpart("multiply")]
    public static Tensor Multiply(Tensor left, Scalar right) => left.Multiply(right);

    /// <summary>Product of a matrix and a vector.</summary>
    [Counterpart("mv")]
    public static Tensor Mv(Tensor input, Tensor target) => input.Mv(target);

    /// <summary>Replaces what is no finite number: NaN, +∞ by the largest number, −∞ by the smallest, unless others are given.</summary>
    [Counterpart("nan_to_num")]
    public static Tensor NanToNum(Tensor input, double nan = 0, double? posinf = null, double? neginf = null) => input.NanToNum(nan, posinf, neginf);

    /// <summary>Mean of the elements that are numbers, of all or along a dimension.</summary>
    [Counterpart("nanmean")]
    public static Tensor Nanmean(Tensor input, int? dim = null, bool keepdim = false, DType? dtype = null) => input.Nanmean(dim, keepdim, dtype);

    /// <summary>The middle element of those that are numbers, the lower of two.</summary>
    [Counterpart("nanmedian")]
    public static Tensor Nanmedian(Tensor input) => input.Nanmedian();

    /// <summary>Quantiles of the elements that are numbers.</summary>
    [Counterpart("nanquantile")]
    public static Tensor Nanquantile(Tensor input, Tensor q, long dim = -1, bool keepdim = false) => input.Nanquantile(q, dim, keepdim);

    /// <summary>Sum of all elements that are numbers.</summary>
    [Counterpart("nansum")]
    public static Tensor Nansum(Tensor input) => input.Nansum();

    /// <summary>Inequality of elements.</summary>
    [Counterpart("ne")]
    public static Tensor Ne(Tensor left, Tensor right) => left.Ne(right);

    /// <summary>Opposite.</summary>
    [Counterpart("negative")]
    public static Tensor Negative(Tensor input) => input.Negative();

    /// <summary>Positions of the elements that differ from zero, [count, dimensions].</summary>
    [Counterpart("nonzero")]
    public static Tensor Nonzero(Tensor input) => input.Nonzero();

    /// <summary>The p-norm of all elements: (Σ|x|ᵖ)^(1/p).</summary>
    [Counterpart("norm")]
    public static Tensor Norm(Tensor input, float p = 2) => input.Norm(p);

    /// <summary>The p-norm of all elements: (Σ|x|ᵖ)^(1/p).</summary>
    [Counterpart("norm")]
    public static Tensor Norm(Tensor input, int dimension, bool keepdim = false, float p = 2) => input.Norm(dimension, keepdim, p);

    /// <summary>Inequality of elements.</summary>
    [Counterpart("not_equal")]
    public static Tensor NotEqual(Tensor tensor, Tensor target) => tensor.NotEqual(target);

    /// <summary>The tensor itself.</summary>
    [Counterpart("positive")]
    public static Tensor Positive(Tensor input) => input.Positive();

    /// <summary>Product of all elements.</summary>
    [Counterpart("prod")]
    public static Tensor Prod(Tensor input, DType? type = null) => input.Prod(type);

    /// <summary>Product of all elements.</summary>
    [Counterpart("prod")]
    public static Tensor Prod(Tensor input, long dim, bool keepdim = false, DType? type = null) => input.Prod(dim, keepdim, type);

    /// <summary>Quantiles along a dimension, with linear interpolation; NaN where an element is none.</summary>
    [Counterpart("quantile")]
    public static Tensor Quantile(Tensor input, Tensor q, long dim = -1, bool keepdim = false) => input.Quantile(q, dim, keepdim);

    /// <summary>Radians as degrees.</summary>
    [Counterpart("rad2deg")]
    public static Tensor Rad2deg(Tensor input) => input.Rad2deg();

    /// <summary>The elements as a vector.</summary>
    [Counterpart("ravel")]
    public static Tensor Ravel(Tensor input) => input.Ravel();

    /// <summary>1 / x.</summary>
    [Counterpart("reciprocal")]
    public static Tensor Reciprocal(Tensor input) => input.Reciprocal();

    /// <summary>What the quotient, rounded down, leaves over; it has the sign of the divisor.</summary>
    [Counterpart("remainder")]
    public static Tensor Remainder(Tensor left, Tensor right) => left.Remainder(right);

    /// <summary>What the quotient, rounded down, leaves over; it has the sign of the divisor.</summary>
    [Counterpart("remainder")]
    public static Tensor Remainder(Tensor left, Scalar right) => left.Remainder(right);

    /// <summary>Scales the parts along a dimension whose p-norm is above a bound down to it.</summary>
    [Counterpart("renorm")]
    public static Tensor Renorm(Tensor input, float p, long dim, float maxnorm) => input.Renorm(p, dim, maxnorm);

    /// <summary>Each position repeats times in a row, along a dimension or over all elements.</summary>
    [Counterpart("repeat_interleave")]
    public static Tensor RepeatInterleave(Tensor input, Tensor repeats, long? dim = null, long? output_size = null) =>
        input.RepeatInterleave(repeats, dim, output_size);

    /// <summary>The tensor itself: a conjugate is computed when it is asked for.</summary>
    [Counterpart("resolve_conj")]
    public static Tensor ResolveConj(Tensor input) => input.ResolveConj();

    /// <summary>A view: opposites are computed when they are asked for.</summary>
    [Counterpart("resolve_neg")]
    public static Tensor ResolveNeg(Tensor input) => input.ResolveNeg();

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

    /// <summary>Nearest number with as many decimals, ties to even; negative decimals round to tens, hundreds, …</summary>
    [Counterpart("round")]
    public static Tensor Round(Tensor input, long decimals = 0) => input.Round(decimals);

    /// <summary>A copy with the elements of another tensor written to positions of a dimension.</summary>
    [Counterpart("scatter")]
    public static Tensor Scatter(Tensor input, long dim, Tensor index, Tensor src) => input.Scatter(dim, index, src);

    /// <summary>A copy with the elements of another tensor added at positions of a dimension.</summary>
    [Counterpart("scatter_add")]
    public static Tensor ScatterAdd(Tensor input, long dim, Tensor index, Tensor src) => input.ScatterAdd(dim, index, src);

    /// <summary>A view of one position of a dimension, which is removed.</summary>
    [Counterpart("select")]
    public static Tensor Select(Tensor input, long dim, long index) => input.Select(dim, index);

    /// <summary>A copy with a tensor in the place of one position of a dimension.</summary>
    [Counterpart("select_scatter")]
    public static Tensor SelectScatter(Tensor input, Tensor src, long dim, long index) => input.SelectScatter(src, dim, index);

    /// <summary>The sign of a number; a complex number divided by its absolute value.</summary>
    [Counterpart("sgn")]
    public static Tensor Sgn(Tensor input) => input.Sgn();

    /// <summary>−1, 0 or 1, as the element is negative, zero or positive; NaN gives 0.</summary>
    [Counterpart("sign")]
    public static Tensor Sign(Tensor input) => input.Sign();

    /// <summary>Whether the sign bit is set.</summary>
    [Counterpart("signbit")]
    public static Tensor Signbit(Tensor input) => input.Signbit();

    /// <summary>sin(πx) / (πx).</summary>
    [Counterpart("sinc")]
    public static Tensor Sinc(Tensor input) => input.Sinc();

    /// <summary>Hyperbolic sine.</summary>
    [Counterpart("sinh")]
    public static Tensor Sinh(Tensor input) => input.Sinh();

    /// <summary>A copy with a tensor in the place of a slice.</summary>
    [Counterpart("slice_scatter")]
    public static Tensor SliceScatter(Tensor input, Tensor src, long dim = 0, long? start = null, long? end = null, long step = 1) =>
        input.SliceScatter(src, dim, start, end, step);

    /// <summary>Elements in order, and where they were; equal elements keep their order.</summary>
    [Counterpart("sort")]
    public static (Tensor values, Tensor indices) Sort(Tensor input, long dim = -1, bool descending = false, bool stable = false) =>
        input.Sort(dim, descending, stable);

    /// <summary>Standard deviation of all elements.</summary>
    [Counterpart("std")]
    public static Tensor Std(Tensor input, ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.Std(dimensions, unbiased, keepdim, type);

    /// <summary>Standard deviation of all elements.</summary>
    [Counterpart("std")]
    public static Tensor Std(Tensor input, long dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.Std(dimensions, unbiased, keepdim, type);

    /// <summary>Standard deviation of all elements.</summary>
    [Counterpart("std")]
    public static Tensor Std(Tensor input, (long, long) dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.Std(dimensions, unbiased, keepdim, type);

    /// <summary>Standard deviation of all elements.</summary>
    [Counterpart("std")]
    public static Tensor Std(Tensor input, (long, long, long) dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.Std(dimensions, unbiased, keepdim, type);

    /// <summary>Standard deviation and mean of all elements.</summary>
    [Counterpart("std_mean")]
    public static (Tensor std, Tensor mean) StdMean(Tensor input, bool unbiased = true) => input.StdMean(unbiased);

    /// <summary>Standard deviation and mean of all elements.</summary>
    [Counterpart("std_mean")]
    public static (Tensor std, Tensor mean) StdMean(
        Tensor input, ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.StdMean(dimensions, unbiased, keepdim, type);

    /// <summary>Standard deviation and mean of all elements.</summary>
    [Counterpart("std_mean")]
    public static (Tensor std, Tensor mean) StdMean(Tensor input, long dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.StdMean(dimensions, unbiased, keepdim, type);

    /// <summary>Difference with broadcasting.</summary>
    [Counterpart("subtract")]
    public static Tensor Subtract(Tensor left, Tensor right) => left.Subtract(right);

    /// <summary>Difference with broadcasting.</summary>
    [Counterpart("subtract")]
    public static Tensor Subtract(Tensor left, Scalar right) => left.Subtract(right);

    /// <summary>A view with two dimensions exchanged.</summary>
    [Counterpart("swapaxes")]
    public static Tensor Swapaxes(Tensor input, long axis0, long axis1) => input.Swapaxes(axis0, axis1);

    /// <summary>A view with two dimensions exchanged.</summary>
    [Counterpart("swapdims")]
    public static Tensor Swapdims(Tensor input, long dim0, long dim1) => input.Swapdims(dim0, dim1);

    /// <summary>Elements at positions of the flattened tensor.</summary>
    [Counterpart("take")]
    public static Tensor Take(Tensor input, Tensor index) => input.Take(index);

    /// <summary>Elements along a dimension at positions, which are broadcast to the other dimensions.</summary>
    [Counterpart("take_along_dim")]
    public static Tensor TakeAlongDim(Tensor input, Tensor indices, long dim) => input.TakeAlongDim(indices, dim);

    /// <summary>Elements along a dimension at positions, which are broadcast to the other dimensions.</summary>
    [Counterpart("take_along_dim")]
    public static Tensor TakeAlongDim(Tensor input, Tensor indices) => input.TakeAlongDim(indices);

    /// <summary>Tangent.</summary>
    [Counterpart("tan")]
    public static Tensor Tan(Tensor input) => input.Tan();

    /// <summary>Views of as equal a size as possible along a dimension: the first ones are longer.</summary>
    [Counterpart("tensor_split")]
    public static Tensor[] TensorSplit(Tensor input, long indices_or_sections, long dim = 0) => input.TensorSplit(indices_or_sections, dim);

    /// <summary>Views of as equal a size as possible along a dimension: the first ones are longer.</summary>
    [Counterpart("tensor_split")]
    public static Tensor[] TensorSplit(Tensor input, ReadOnlySpan<long> indices_or_sections, long dim = 0) => input.TensorSplit(indices_or_sections, dim);

    /// <summary>Views of as equal a size as possible along a dimension: the first ones are longer.</summary>
    [Counterpart("tensor_split")]
    public static Tensor[] TensorSplit(Tensor input, Tensor indices_or_sections, long dim = 0) => input.TensorSplit(indices_or_sections, dim);

    /// <summary>Sums of products over the last dimensions of the tensor and the first of another.</summary>
    [Counterpart("tensordot")]
    public static Tensor Tensordot(Tensor a, Tensor b, long dims = 2) => a.Tensordot(b, dims);

    /// <summary>Sums of products over the last dimensions of the tensor and the first of another.</summary>
    [Counterpart("tensordot")]
    public static Tensor Tensordot(Tensor a, Tensor b, ReadOnlySpan<long> dims1, ReadOnlySpan<long> dims2) => a.Tensordot(b, dims1, dims2);

    /// <summary>Copies side by side; dimensions are added in front where there are more repetitions, repetitions of 1 where there are fewer.</summary>
    [Counterpart("tile")]
    public static Tensor Tile(Tensor input, ReadOnlySpan<long> dims) => input.Tile(dims);

    /// <summary>The k largest (or smallest) elements along a dimension, in order, and where they are.</summary>
    [Counterpart("topk")]
    public static (Tensor values, Tensor indices) Topk(Tensor tensor, int k, int dim = -1, bool largest = true, bool sorted = true) =>
        tensor.Topk(k, dim, largest, sorted);

    /// <summary>Sum of the diagonal of a matrix.</summary>
    [Counterpart("trace")]
    public static Tensor Trace(Tensor input) => input.Trace();

    /// <summary>Area under values a distance apart, by trapezoids.</summary>
    [Counterpart("trapezoid")]
    public static Tensor Trapezoid(Tensor y, double dx = 1, long dim = -1) => y.Trapezoid(dx, dim);

    /// <summary>Quotient; integers are divided as floats.</summary>
    [Counterpart("true_divide")]
    public static Tensor TrueDivide(Tensor dividend, Tensor divisor) => dividend.TrueDivide(divisor);

    /// <summary>Integer part: cut towards zero.</summary>
    [Counterpart("trunc")]
    public static Tensor Trunc(Tensor input) => input.Trunc();

    /// <summary>Splits a dimension into several; one size may be −1.</summary>
    [Counterpart("unflatten")]
    public static Tensor Unflatten(Tensor input, long dim, params ReadOnlySpan<long> sizes) => input.Unflatten(dim, sizes);

    /// <summary>The distinct elements in ascending order, the place of each element among them, and how often each occurs.</summary>
    [Counterpart("unique")]
    public static (Tensor output, Tensor? inverse_indices, Tensor? counts) Unique(
        Tensor input, bool sorted = true, bool return_inverse = false, bool return_counts = false, int? dim = null) =>
        input.Unique(sorted, return_inverse, return_counts, dim);

    /// <summary>The elements without those that equal the one before.</summary>
    [Counterpart("unique_consecutive")]
    public static (Tensor output, Tensor? inverse_indices, Tensor? counts) UniqueConsecutive(
        Tensor input, bool return_inverse = false, bool return_counts = false, int? dim = null) =>
        input.UniqueConsecutive(return_inverse, return_counts, dim);

    /// <summary>Variance of all elements, divided by n − 1 when unbiased.</summary>
    [Counterpart("var")]
    public static Tensor Var(Tensor input, (long, long) dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.Var(dimensions, unbiased, keepdim, type);

    /// <summary>Variance of all elements, divided by n − 1 when unbiased.</summary>
    [Counterpart("var")]
    public static Tensor Var(Tensor input, (long, long, long) dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.Var(dimensions, unbiased, keepdim, type);

    /// <summary>Variance and mean of all elements.</summary>
    [Counterpart("var_mean")]
    public static (Tensor @var, Tensor mean) VarMean(Tensor input, bool unbiased = true) => input.VarMean(unbiased);

    /// <summary>Variance and mean of all elements.</summary>
    [Counterpart("var_mean")]
    public static (Tensor @var, Tensor mean) VarMean(
        Tensor input, ReadOnlySpan<long> dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.VarMean(dimensions, unbiased, keepdim, type);

    /// <summary>Variance and mean of all elements.</summary>
    [Counterpart("var_mean")]
    public static (Tensor @var, Tensor mean) VarMean(Tensor input, long dimensions, bool unbiased = true, bool keepdim = false, DType? type = null) =>
        input.VarMean(dimensions, unbiased, keepdim, type);

    /// <summary>Inner product of two vectors, the first conjugated.</summary>
    [Counterpart("vdot")]
    public static Tensor Vdot(Tensor input, Tensor target) => input.Vdot(target);

    /// <summary>A view of pairs in the last dimension as complex numbers.</summary>
    [Counterpart("view_as_complex")]
    public static Tensor ViewAsComplex(Tensor input) => input.ViewAsComplex();

    /// <summary>A view of complex numbers as pairs, [..., 2].</summary>
    [Counterpart("view_as_real")]
    public static Tensor ViewAsReal(Tensor input) => input.ViewAsReal();

    /// <summary>Equal parts along the rows.</summary>
    [Counterpart("vsplit")]
    public static Tensor[] Vsplit(Tensor input, params ReadOnlySpan<long> indices_or_sections) => input.Vsplit(indices_or_sections);

    /// <summary>x · ln(y); 0 where x is 0.</summary>
    [Counterpart("xlogy")]
    public static Tensor Xlogy(Tensor x, Tensor y) => x.Xlogy(y);

    /// <summary>x · ln(y); 0 where x is 0.</summary>
    [Counterpart("xlogy")]
    public static Tensor Xlogy(Tensor x, Scalar y) => x.Xlogy(y);

    /// <summary>The transpose of a matrix; a vector or number as it is.</summary>
    [Counterpart("t")]
    public static Tensor t(Tensor input) => input.t();
}
