using System.Runtime.CompilerServices;
using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

public partial class Tensor
{
    /// <summary>The elements of a contiguous tensor, in place. Valid until the tensor is released.</summary>
    /// <typeparam name="T">The type of the elements: float, long, bool, double, int, Half, …</typeparam>
    /// <exception cref="InvalidOperationException">The element type differs, or the tensor is not contiguous.</exception>
    public Span<T> Span<T>()
        where T : unmanaged
    {
        RequireType<T>();
        return IsContiguous()
            ? Pointwise.Flat<T>(this)
            : throw new InvalidOperationException(
                $"A tensor of shape {Layout.Describe(Shape)} with strides {Layout.Describe(Strides)} is no single span: call Contiguous first.");
    }

    /// <summary>The elements in order, as a new array.</summary>
    /// <typeparam name="T">The type of the elements: float, long, bool, double, int, Half, …</typeparam>
    /// <exception cref="InvalidOperationException">The element type differs.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        RequireType<T>();
        return Pointwise.Flat<T>(AsContiguous()).ToArray();
    }

    /// <summary>The only element; converted when the type asked for differs.</summary>
    /// <exception cref="InvalidOperationException">There is not exactly one element, or it cannot be given as <typeparamref name="T"/>.</exception>
    [Counterpart("item")]
    public T Item<T>()
        where T : unmanaged
    {
        if (Count != 1)
        {
            throw NotOne();
        }

        var converted = As(ElementTypes.Of<T>());
        return converted.Storage.Elements<T>()[converted.Offset];
    }

    /// <summary>The only element as a float.</summary>
    [Counterpart("op_Explicit")]
    public static explicit operator float(Tensor value) => value.Only().ToSingle();

    /// <summary>The only element as a double.</summary>
    [Counterpart("op_Explicit")]
    public static explicit operator double(Tensor value) => value.Only().ToDouble();

    /// <summary>The only element as an integer.</summary>
    [Counterpart("op_Explicit")]
    public static explicit operator long(Tensor value) => value.Only().ToInt64();

    /// <summary>The only element as an integer.</summary>
    [Counterpart("op_Explicit")]
    public static explicit operator int(Tensor value) => checked((int)value.Only().ToInt64());

    /// <summary>The only element as an integer.</summary>
    [Counterpart("op_Explicit")]
    public static explicit operator short(Tensor value) => checked((short)value.Only().ToInt64());

    /// <summary>The only element as an integer.</summary>
    [Counterpart("op_Explicit")]
    public static explicit operator byte(Tensor value) => checked((byte)value.Only().ToInt64());

    /// <summary>The only element as an integer.</summary>
    [Counterpart("op_Explicit")]
    public static explicit operator sbyte(Tensor value) => checked((sbyte)value.Only().ToInt64());

    /// <summary>Whether the only element differs from zero.</summary>
    [Counterpart("op_Explicit")]
    public static explicit operator bool(Tensor value) => value.Only().ToBoolean();

    /// <summary>A contiguous copy.</summary>
    [Counterpart("clone")]
    public Tensor Clone()
    {
        var copy = Allocate(Dtype, Shape);
        Copying.Copy(this, copy);
        return copy;
    }

    /// <summary>The elements in contiguous memory: a view when they lie so already, else a copy.</summary>
    [Counterpart("contiguous")]
    public Tensor Contiguous() => IsContiguous() ? Alias() : Clone();

    /// <summary>Overwrites the elements with those of another tensor, which is broadcast and converted.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("copy_")]
    public Tensor Copy_(Tensor source, bool nonBlocking = false)
    {
        if (IsUnloaded)
        {
            return this;
        }

        ThrowIfPacked();

        // A source that overlaps is read to the end before anything is written.
        Copying.Copy(source.HasData && ReferenceEquals(source.Storage, Storage) ? source.Clone() : source, this);
        return this;
    }

    /// <summary>Sets every element.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("fill_")]
    public Tensor Fill_(Scalar value)
    {
        if (!IsUnloaded)
        {
            ThrowIfPacked();
            Fill(value);
        }

        return this;
    }

    /// <summary>Sets every element to zero.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("zero_")]
    public Tensor Zero_() => Fill_(0);

    /// <summary>The elements converted to a type; a view when they have it already, unless a copy is asked for.</summary>
    [Counterpart("to_type")]
    public Tensor ToType(DType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => Used(ToType(type), copy, disposeAfter);

    /// <summary>The elements converted to a type; a view when they have it already.</summary>
    [Counterpart("type")]
    public Tensor Type(DType dtype) => ToType(dtype);

    internal Tensor ToType(DType type)
    {
        if (type == Dtype)
        {
            return Alias();
        }

        var dense = Layout.IsDense(Shape, Strides);
        var result = dense ? Allocate(type, Shape, Strides) : Allocate(type, Shape);
        Copying.Copy(this, result);
        return result;
    }

    /// <summary>The elements converted to a type; a view when they have it already, unless a copy is asked for.</summary>
    [Counterpart("to")]
    public Tensor To(DType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => Used(ToType(type), copy, disposeAfter);

    /// <summary>The elements converted to a type; a view when they have it already, unless a copy is asked for.</summary>
    [Counterpart("to")]
    public Tensor To(DType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
        Used(ToType(type), copy, disposeAfter);

    /// <summary>A view, unless a copy is asked for: there is one device.</summary>
    [Counterpart("to")]
    public Tensor To(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) => Used(Alias(), copy, disposeAfter);

    /// <summary>A view, unless a copy is asked for: there is one device.</summary>
    [Counterpart("to")]
    public Tensor To(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
        Used(Alias(), copy, disposeAfter);

    /// <summary>The elements converted to the type of another tensor.</summary>
    [Counterpart("to")]
    public Tensor To(Tensor other, bool non_blocking = false) => ToType(other.Dtype);

    /// <summary>The elements converted to the type of another tensor.</summary>
    [Counterpart("type_as")]
    public Tensor TypeAs(Tensor tensor) => ToType(tensor.Dtype);

    /// <summary>The elements as single-precision numbers.</summary>
    [Counterpart("float")]
    public Tensor Float() => ToType(DType.Float32);

    /// <summary>The elements as double-precision numbers.</summary>
    [Counterpart("double")]
    public Tensor Double() => ToType(DType.Float64);

    /// <summary>The elements as half-precision numbers.</summary>
    [Counterpart("half")]
    public Tensor Half() => ToType(DType.Float16);

    /// <summary>The elements as half-precision numbers with the range of single precision.</summary>
    [Counterpart("bfloat16")]
    public Tensor BFloat16() => ToType(DType.BFloat16);

    /// <summary>The elements as 64-bit integers; floats are cut towards zero.</summary>
    [Counterpart("long")]
    public Tensor Long() => ToType(DType.Int64);

    /// <summary>The elements as 32-bit integers; floats are cut towards zero.</summary>
    [Counterpart("int")]
    public Tensor Int() => ToType(DType.Int32);

    /// <summary>The elements as 16-bit integers; floats are cut towards zero.</summary>
    [Counterpart("short")]
    public Tensor Short() => ToType(DType.Int16);

    /// <summary>The elements as unsigned 8-bit integers; floats are cut towards zero.</summary>
    [Counterpart("byte")]
    public Tensor Byte() => ToType(DType.Byte);

    /// <summary>The elements as signed 8-bit integers; floats are cut towards zero.</summary>
    [Counterpart("char")]
    public Tensor Char() => ToType(DType.Int8);

    /// <summary>The elements as single-precision complex numbers.</summary>
    [Counterpart("cfloat")]
    public Tensor Cfloat() => ToType(DType.ComplexFloat32);

    /// <summary>The elements as double-precision complex numbers.</summary>
    [Counterpart("cdouble")]
    public Tensor Cdouble() => ToType(DType.ComplexFloat64);

    /// <summary>Whether each element differs from zero.</summary>
    [Counterpart("bool")]
    public Tensor Bool() => ToType(DType.Bool);

    /// <summary>A view: there is one device.</summary>
    [Counterpart("cpu")]
    public Tensor Cpu() => Alias();

    /// <summary>Shape, type and device: <c>[2x3], type = Float32, device = cpu</c>.</summary>
    [Counterpart("ToString")]
    public override string ToString() => IsInvalid ? "released tensor" : $"[{string.Join('x', Shape.ToArray())}], type = {Dtype}, device = cpu";

    private Tensor Used(Tensor result, bool copy, bool disposeAfter)
    {
        var used = copy && ReferenceEquals(result.Storage, Storage) ? result.Clone() : result;
        if (disposeAfter)
        {
            Dispose();
        }

        return used;
    }

    internal Tensor AsContiguous() => IsContiguous() ? this : Clone();

    /// <summary>Makes this tensor a view of another's memory, of its shape.</summary>
    /// <param name="source">The tensor whose memory is shared.</param>
    /// <returns>This tensor.</returns>
    /// <exception cref="InvalidOperationException">The tensors differ in type.</exception>
    [Counterpart("set_")]
    public Tensor Set_(Tensor source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (IsUnloaded || ReferenceEquals(this, source))
        {
            return this;
        }

        ThrowIfPacked();
        if (source.dtype != dtype)
        {
            throw new InvalidOperationException($"set_: the memory of a tensor of {source.dtype} cannot be that of a tensor of {dtype}.");
        }

        var former = Storage;
        Bind(source.Storage, source.dtype, source.Shape, source.Strides, source.offset);
        former.RemoveReference();
        return this;
    }

    internal void Fill(Scalar value)
    {
        switch (Dtype)
        {
            case DType.Float32:
                FillWith(value.ToSingle());
                break;
            case DType.Int64:
                FillWith(value.ToInt64());
                break;
            case DType.Bool:
                FillWith(value.ToBoolean());
                break;
            case DType.Float64:
                FillWith(value.ToDouble());
                break;
            case DType.ComplexFloat64:
                FillWith(new System.Numerics.Complex(value.ToDouble(), 0));
                break;
            default:
                Copying.Copy(Of(value, ElementTypes.Hub(Dtype)), this);
                break;
        }
    }

    private void FillWith<T>(T value)
        where T : unmanaged
    {
        if (Layout.IsDense(Shape, Strides))
        {
            Pointwise.Flat<T>(this).Fill(value);
            return;
        }

        var one = Allocate(Dtype, []);
        Pointwise.Flat<T>(one)[0] = value;
        Copying.Copy(one, this);
    }

    private Scalar Only()
    {
        if (Count != 1)
        {
            throw NotOne();
        }

        return Dtype switch
        {
            DType.Float32 => Storage.Floats[offset],
            DType.Int64 => Storage.Integers[offset],
            DType.Bool => Storage.Bools[offset],
            DType.Float64 => Storage.Elements<double>()[offset],
            DType.ComplexFloat64 => Storage.Elements<System.Numerics.Complex>()[offset] is { Imaginary: 0 } value
                ? value.Real
                : throw new InvalidOperationException("A complex number with an imaginary part is no real number."),
            var type => As(ElementTypes.Hub(type)).Only(),
        };
    }

    private InvalidOperationException NotOne() =>
        new($"A tensor of shape {Layout.Describe(Shape)} cannot be converted to a number: it needs exactly one element.");

    private void RequireType<T>()
        where T : unmanaged
    {
        if (ElementTypes.Of<T>() != Dtype)
        {
            throw new InvalidOperationException($"The elements are {Dtype}, not {typeof(T).Name}.");
        }
    }
}
