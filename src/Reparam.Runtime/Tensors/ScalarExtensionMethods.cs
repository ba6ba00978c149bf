namespace Reparam.Runtime;

/// <summary>Numbers to scalars and back.</summary>
[Counterpart("TorchSharp.ScalarExtensionMethods")]
public static class ScalarExtensionMethods
{
    /// <summary>A number as a scalar.</summary>
    [Counterpart("ToScalar")]
    public static Scalar ToScalar(this int value) => value;

    /// <summary>A number as a scalar.</summary>
    [Counterpart("ToScalar")]
    public static Scalar ToScalar(this long value) => value;

    /// <summary>A number as a scalar.</summary>
    [Counterpart("ToScalar")]
    public static Scalar ToScalar(this float value) => value;

    /// <summary>A number as a scalar.</summary>
    [Counterpart("ToScalar")]
    public static Scalar ToScalar(this double value) => value;

    /// <summary>A truth value as a scalar.</summary>
    [Counterpart("ToScalar")]
    public static Scalar ToScalar(this bool value) => value;

    /// <summary>The value in single precision.</summary>
    [Counterpart("ToSingle")]
    public static float ToSingle(this Scalar value) => value.ToSingle();

    /// <summary>The value in double precision.</summary>
    [Counterpart("ToDouble")]
    public static double ToDouble(this Scalar value) => value.ToDouble();

    /// <summary>The value as a 32-bit integer.</summary>
    [Counterpart("ToInt32")]
    public static int ToInt32(this Scalar value) => (int)value.ToInt64();

    /// <summary>The value as a 64-bit integer.</summary>
    [Counterpart("ToInt64")]
    public static long ToInt64(this Scalar value) => value.ToInt64();

    /// <summary>Whether the value differs from zero.</summary>
    [Counterpart("ToBoolean")]
    public static bool ToBoolean(this Scalar value) => value.ToBoolean();
}
