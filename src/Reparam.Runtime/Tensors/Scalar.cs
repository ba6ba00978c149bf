namespace Reparam.Runtime;

/// <summary>A number that takes part in tensor arithmetic. Its type counts in promotion, its width does not.</summary>
[Counterpart("TorchSharp.Scalar")]
public readonly struct Scalar : IEquatable<Scalar>
{
    private readonly double real;
    private readonly long integer;

    private Scalar(DType type, double real, long integer)
    {
        Type = type;
        this.real = real;
        this.integer = integer;
    }

    /// <summary>Bool, Int64 or Float32 (for every floating-point number).</summary>
    public DType Type { get; }

    internal bool IsFloat => Type == DType.Float32;

    /// <summary>An 8-bit integer as a scalar.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Scalar(byte value) => new(DType.Int64, value, value);

    /// <summary>An 8-bit integer as a scalar.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Scalar(sbyte value) => new(DType.Int64, value, value);

    /// <summary>A 16-bit integer as a scalar.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Scalar(short value) => new(DType.Int64, value, value);

    /// <summary>A half-precision number as a scalar.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Scalar(Half value) => new(DType.Float32, (double)value, 0);

    /// <summary>A half-precision number as a scalar.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Scalar(BFloat16 value) => new(DType.Float32, value.ToSingle(), 0);

    /// <summary>A 32-bit integer as a scalar.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Scalar(int value) => new(DType.Int64, value, value);

    /// <summary>A 64-bit integer as a scalar.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Scalar(long value) => new(DType.Int64, value, value);

    /// <summary>A single-precision number as a scalar.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Scalar(float value) => new(DType.Float32, value, 0);

    /// <summary>A double-precision number as a scalar; arithmetic with a tensor is in single precision.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Scalar(double value) => new(DType.Float32, value, 0);

    /// <summary>A truth value as a scalar.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator Scalar(bool value) => new(DType.Bool, value ? 1 : 0, value ? 1 : 0);

    /// <summary>The value in single precision.</summary>
    public float ToSingle() => (float)real;

    /// <summary>The value in double precision.</summary>
    public double ToDouble() => real;

    /// <summary>The value as an integer; a floating-point number is cut towards zero.</summary>
    public long ToInt64() => IsFloat ? (long)real : integer;

    /// <summary>Whether the value differs from zero.</summary>
    public bool ToBoolean() => real != 0;

    /// <summary>The value as an integer that an integer type holds: wrapped where it does not fit.</summary>
    internal long ToInteger(DType type)
    {
        var value = ToInt64();
        return type switch
        {
            DType.Byte => (byte)value,
            DType.Int8 => (sbyte)value,
            DType.Int16 => (short)value,
            DType.Int32 => (int)value,
            _ => value,
        };
    }

    /// <summary>Product, in the higher of the two types.</summary>
    internal Scalar Times(Scalar other) => IsFloat || other.IsFloat ? real * other.real : integer * other.integer;

    /// <inheritdoc/>
    public bool Equals(Scalar other) => Type == other.Type && real.Equals(other.real) && integer == other.integer;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Scalar other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, real, integer);

    /// <inheritdoc/>
    public override string ToString() => Type switch
    {
        DType.Bool => integer != 0 ? "True" : "False",
        DType.Int64 => integer.ToString(System.Globalization.CultureInfo.InvariantCulture),
        _ => real.ToString("R", System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>Whether two scalars have the same type and value.</summary>
    public static bool operator ==(Scalar left, Scalar right) => left.Equals(right);

    /// <summary>Whether two scalars differ in type or value.</summary>
    public static bool operator !=(Scalar left, Scalar right) => !left.Equals(right);
}
