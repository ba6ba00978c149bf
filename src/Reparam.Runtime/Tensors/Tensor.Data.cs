using System.Runtime.CompilerServices;
using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

public partial class Tensor
{
    /// <summary>The elements of a contiguous tensor, in place. Valid until the tensor is released.</summary>
    /// <typeparam name="T">float, long or bool, as the element type says.</typeparam>
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
    /// <typeparam name="T">float, long or bool, as the element type says.</typeparam>
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
        var value = Only();
        if (typeof(T) == typeof(float))
        {
            return Unsafe.BitCast<float, T>(value.ToSingle());
        }

        if (typeof(T) == typeof(long))
        {
            return Unsafe.BitCast<long, T>(value.ToInt64());
        }

        return typeof(T) == typeof(bool)
            ? Unsafe.BitCast<bool, T>(value.ToBoolean())
            : throw new InvalidOperationException($"item: a tensor's element is given as float, long or bool, not as {typeof(T).Name}.");
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
    public Tensor Copy_(Tensor source)
    {
        // A source that overlaps is read to the end before anything is written.
        Copying.Copy(source.HasData && ReferenceEquals(source.Storage, Storage) ? source.Clone() : source, this);
        return this;
    }

    /// <summary>Sets every element.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("fill_")]
    public Tensor Fill_(Scalar value)
    {
        Fill(value);
        return this;
    }

    /// <summary>Sets every element to zero.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("zero_")]
    public Tensor Zero_() => Fill_(0);

    /// <summary>The elements converted to a type; a view when they have it already.</summary>
    [Counterpart("to_type")]
    public Tensor ToType(DType type)
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

    /// <summary>The elements converted to a type; a view when they have it already.</summary>
    [Counterpart("to")]
    public Tensor To(DType type) => ToType(type);

    /// <summary>The elements converted to a type; a view when they have it already.</summary>
    [Counterpart("to")]
    public Tensor To(DType type, Device device) => ToType(type);

    /// <summary>A view: there is one device.</summary>
    [Counterpart("to")]
    public Tensor To(Device device) => Alias();

    /// <summary>The elements converted to the type of another tensor.</summary>
    [Counterpart("to")]
    public Tensor To(Tensor other) => ToType(other.Dtype);

    /// <summary>The elements converted to the type of another tensor.</summary>
    [Counterpart("type_as")]
    public Tensor TypeAs(Tensor tensor) => ToType(tensor.Dtype);

    /// <summary>The elements as single-precision numbers.</summary>
    [Counterpart("float")]
    public Tensor Float() => ToType(DType.Float32);

    /// <summary>The elements as integers; floats are cut towards zero.</summary>
    [Counterpart("long")]
    public Tensor Long() => ToType(DType.Int64);

    /// <summary>Whether each element differs from zero.</summary>
    [Counterpart("bool")]
    public Tensor Bool() => ToType(DType.Bool);

    /// <summary>A view: there is one device.</summary>
    [Counterpart("cpu")]
    public Tensor Cpu() => Alias();

    /// <summary>Shape, type and, of few elements, the values.</summary>
    public override string ToString() => IsInvalid ? "released tensor" : $"{Layout.Describe(Shape)}, type = {Dtype}";

    internal Tensor AsContiguous() => IsContiguous() ? this : Clone();

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
            default:
                FillWith(value.ToBoolean());
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
            throw new InvalidOperationException($"A tensor of shape {Layout.Describe(Shape)} cannot be converted to a number: it needs exactly one element.");
        }

        return Dtype switch
        {
            DType.Float32 => Storage.Floats[offset],
            DType.Int64 => Storage.Integers[offset],
            _ => Storage.Bools[offset],
        };
    }

    private void RequireType<T>()
        where T : unmanaged
    {
        var known = typeof(T) == typeof(float) || typeof(T) == typeof(long) || typeof(T) == typeof(bool);
        if (!known || Pointwise.TypeOf<T>() != Dtype)
        {
            throw new InvalidOperationException($"The elements are {Dtype}, not {typeof(T).Name}.");
        }
    }
}
