namespace Reparam.Runtime;

/// <content>Tensors of arrays and other tensors, and questions about the machine.</content>
public static partial class Torch
{
    /// <summary>A copy of an array of any rank.</summary>
    /// <exception cref="ArgumentException">The array's elements are none of a tensor.</exception>
    [Counterpart("from_array")]
    public static Tensor FromArray(Array rawArray, Device? device = null) => FromArray(rawArray, dtype: null);

    /// <summary>A copy of an array of any rank, converted to a type.</summary>
    /// <exception cref="ArgumentException">The array's elements are none of a tensor.</exception>
    [Counterpart("from_array")]
    public static Tensor FromArray(Array rawArray, DType? dtype, Device? device = null, bool requires_grad = false)
    {
        var element = rawArray.GetType().GetElementType()!;
        return element == typeof(float) ? Copied<float>(rawArray, dtype)
            : element == typeof(double) ? Copied<double>(rawArray, dtype)
            : element == typeof(long) ? Copied<long>(rawArray, dtype)
            : element == typeof(int) ? Copied<int>(rawArray, dtype)
            : element == typeof(short) ? Copied<short>(rawArray, dtype)
            : element == typeof(sbyte) ? Copied<sbyte>(rawArray, dtype)
            : element == typeof(byte) ? Copied<byte>(rawArray, dtype)
            : element == typeof(bool) ? Copied<bool>(rawArray, dtype)
            : element == typeof(System.Half) ? Copied<System.Half>(rawArray, dtype)
            : element == typeof(System.Numerics.Complex) ? Copied<System.Numerics.Complex>(rawArray, dtype)
            : throw new ArgumentException($"A tensor has no elements of type {element.Name}.", nameof(rawArray));
    }

    /// <summary>The elements as truth values.</summary>
    [Counterpart("BoolTensor")]
    public static Tensor BoolTensor(Tensor t) => t.ToType(DType.Bool);

    /// <summary>The elements as unsigned 8-bit integers.</summary>
    [Counterpart("ByteTensor")]
    public static Tensor ByteTensor(Tensor t) => t.ToType(DType.Byte);

    /// <summary>The elements as 16-bit integers.</summary>
    [Counterpart("ShortTensor")]
    public static Tensor ShortTensor(Tensor t) => t.ToType(DType.Int16);

    /// <summary>The elements as 32-bit integers.</summary>
    [Counterpart("IntTensor")]
    public static Tensor IntTensor(Tensor t) => t.ToType(DType.Int32);

    /// <summary>The elements as 64-bit integers.</summary>
    [Counterpart("LongTensor")]
    public static Tensor LongTensor(Tensor t) => t.ToType(DType.Int64);

    /// <summary>The elements as single-precision numbers.</summary>
    [Counterpart("FloatTensor")]
    public static Tensor FloatTensor(Tensor t) => t.ToType(DType.Float32);

    /// <summary>The elements as double-precision numbers.</summary>
    [Counterpart("DoubleTensor")]
    public static Tensor DoubleTensor(Tensor t) => t.ToType(DType.Float64);

    /// <summary>Views with at least one dimension.</summary>
    [Counterpart("atleast_1d")]
    public static IEnumerable<Tensor> Atleast1d(params Tensor[] input) => [.. input.Select(tensor => tensor.Atleast1d())];

    /// <summary>Views with at least two dimensions.</summary>
    [Counterpart("atleast_2d")]
    public static IEnumerable<Tensor> Atleast2d(params Tensor[] input) => [.. input.Select(tensor => tensor.Atleast2d())];

    /// <summary>Views with at least three dimensions.</summary>
    [Counterpart("atleast_3d")]
    public static IEnumerable<Tensor> Atleast3d(params Tensor[] input) => [.. input.Select(tensor => tensor.Atleast3d())];

    /// <summary>Product, written into the first tensor.</summary>
    /// <returns>The first tensor.</returns>
    [Counterpart("multiply_")]
    public static Tensor Multiply_(Tensor left, Tensor right) => left.Mul_(right);

    /// <summary>Product with a number, written into the tensor.</summary>
    /// <returns>The tensor.</returns>
    [Counterpart("multiply_")]
    public static Tensor Multiply_(Tensor left, Scalar right) => left.Mul_(right);

    /// <summary>The opposite, written into the tensor.</summary>
    /// <returns>The tensor.</returns>
    [Counterpart("negative_")]
    public static Tensor Negative_(Tensor input) => input.Neg_();

    /// <summary>Lower incomplete gamma function over Γ.</summary>
    [Counterpart("igamma")]
    public static Tensor Igamma(Tensor input, Tensor other) => input.Igamma(other);

    /// <summary>Upper incomplete gamma function over Γ.</summary>
    [Counterpart("igammac")]
    public static Tensor Igammac(Tensor input, Tensor other) => input.Igammac(other);

    /// <summary>The p-th derivative of the digamma function.</summary>
    [Counterpart("polygamma")]
    public static Tensor Polygamma(Tensor input, long p) => input.Polygamma(p);

    /// <summary>Logarithm of the gamma function of p dimensions.</summary>
    [Counterpart("mvlgamma")]
    public static Tensor Mvlgamma(Tensor input, long p) => input.Mvlgamma(p);

    /// <summary>What a function gives, without the tensors that it made on the way.</summary>
    [Counterpart("WrappedTensorDisposeScope")]
    public static Tensor WrappedTensorDisposeScope(Func<Tensor> expr)
    {
        using var scope = NewDisposeScope();
        return expr().MoveToOuterDisposeScope();
    }

    /// <summary>Whether an object is a tensor.</summary>
    [Counterpart("is_tensor")]
    public static bool IsTensor(object obj) => obj is Runtime.Tensor;

    /// <summary>False: no element type of the run time is quantized.</summary>
    [Counterpart("is_quantized")]
    public static bool IsQuantized(DType type) => false;

    /// <summary>False: everything runs on the processor.</summary>
    [Counterpart("mps_is_available")]
    public static bool MpsIsAvailable() => false;

    /// <summary>Threads that a large product uses.</summary>
    [Counterpart("get_num_threads")]
    public static int GetNumThreads() => Packed.PackedKernels.Threads;

    /// <summary>Without effect: <see cref="Packed.PackedKernels.Threads"/> is set before the first product, for the whole program.</summary>
    [Counterpart("set_num_threads")]
    public static void SetNumThreads(int num)
    {
    }

    /// <summary>One: operations do not run beside each other.</summary>
    [Counterpart("get_num_interop_threads")]
    public static int GetNumInteropThreads() => 1;

    /// <summary>Without effect: operations do not run beside each other.</summary>
    [Counterpart("set_num_interop_threads")]
    public static void SetNumInteropThreads(int num)
    {
    }

    /// <summary>Accepts the type that tensors have anyway.</summary>
    /// <exception cref="NotSupportedException">The type is not single precision, in which the run time makes tensors.</exception>
    [Counterpart("set_default_dtype")]
    public static void SetDefaultDtype(DType dtype)
    {
        if (dtype != DType.Float32)
        {
            throw new NotSupportedException($"set_default_dtype: the run time makes tensors in Float32; {dtype} must be named where a tensor is made.");
        }
    }

    /// <summary>Throws unless a condition holds.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    [Counterpart("_assert")]
    public static void Assert(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidOperationException(message);
        }
    }

    /// <summary>Throws unless a condition holds.</summary>
    /// <exception cref="InvalidOperationException">It does not.</exception>
    [Counterpart("_assert")]
    public static void Assert(Func<bool> condition, string message) => Assert(condition(), message);
}
