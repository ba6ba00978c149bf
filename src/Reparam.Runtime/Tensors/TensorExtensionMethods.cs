namespace Reparam.Runtime;

/// <summary>Elements as numbers, and tensors as weights.</summary>
[Counterpart("TorchSharp.TensorExtensionMethods")]
public static class TensorExtensionMethods
{
    /// <summary>A weight with the values of a tensor.</summary>
    [Counterpart("AsParameter")]
    public static Parameter AsParameter(this Tensor tensor) => new(tensor);

    /// <summary>The sizes as 32-bit integers.</summary>
    /// <exception cref="OverflowException">A size is above 2,147,483,647.</exception>
    [Counterpart("IntShape")]
    public static ReadOnlySpan<int> IntShape(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return Array.ConvertAll(tensor.Shape.ToArray(), size => checked((int)size));
    }

    /// <summary>The only element as a truth value.</summary>
    [Counterpart("ToBoolean")]
    public static bool ToBoolean(this Tensor value) => value.Item<bool>();

    /// <summary>The only element as a single-precision number.</summary>
    [Counterpart("ToSingle")]
    public static float ToSingle(this Tensor value) => value.Item<float>();

    /// <summary>The only element as a double-precision number.</summary>
    [Counterpart("ToDouble")]
    public static double ToDouble(this Tensor value) => value.Item<double>();

    /// <summary>The only element as a half-precision number.</summary>
    [Counterpart("ToHalf")]
    public static Half ToHalf(this Tensor value) => value.Item<Half>();

    /// <summary>The only element as an unsigned 8-bit integer.</summary>
    [Counterpart("ToByte")]
    public static byte ToByte(this Tensor value) => value.Item<byte>();

    /// <summary>The only element as a signed 8-bit integer.</summary>
    [Counterpart("ToSByte")]
    public static sbyte ToSByte(this Tensor value) => value.Item<sbyte>();

    /// <summary>The only element as a 16-bit integer.</summary>
    [Counterpart("ToInt16")]
    public static short ToInt16(this Tensor value) => value.Item<short>();

    /// <summary>The only element as a 32-bit integer.</summary>
    [Counterpart("ToInt32")]
    public static int ToInt32(this Tensor value) => value.Item<int>();

    /// <summary>The only element as a 64-bit integer.</summary>
    [Counterpart("ToInt64")]
    public static long ToInt64(this Tensor value) => value.Item<long>();

    /// <summary>A vector, or a tensor of given dimensions, with the values.</summary>
    [Counterpart("ToTensor")]
    public static Tensor ToTensor<T>(this T[] rawArray, ReadOnlySpan<long> dimensions, bool doCopy = false, bool requires_grad = false)
        where T : unmanaged
    {
        if (Layout.Count(dimensions) != rawArray.Length)
        {
            throw new ArgumentException($"ToTensor: {rawArray.Length} values do not fit the shape {Layout.Describe(dimensions)}.");
        }

        var result = Tensor.Allocate(ElementTypes.Of<T>(), dimensions);
        rawArray.CopyTo(result.Span<T>());
        return result;
    }

    /// <summary>A number as a tensor.</summary>
    [Counterpart("ToTensor")]
    public static Tensor ToTensor<T>(this T scalar, Device? device = null, bool requires_grad = false)
        where T : unmanaged => ToTensor([scalar], []);

    /// <summary>Bytes of an element.</summary>
    [Counterpart("ElementSize")]
    public static int ElementSize(this DType type) => ElementTypes.Width(type);
}
