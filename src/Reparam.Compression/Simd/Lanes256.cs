using System.Runtime.Intrinsics;

namespace Reparam.Compression.Simd;

/// <summary>8 lanes.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> value) : ILanes<Lanes256>
{
    private readonly Vector256<float> value = value;

    public static int Count => Vector256<float>.Count;

    public static Lanes256 Create(float value) => new(Vector256.Create(value));

    public static Lanes256 Load(float* source) => new(Vector256.Load(source));

    public void Store(float* destination) => value.Store(destination);

    public static Lanes256 operator +(Lanes256 left, Lanes256 right) => new(left.value + right.value);

    public static Lanes256 operator -(Lanes256 left, Lanes256 right) => new(left.value - right.value);

    public static Lanes256 operator *(Lanes256 left, Lanes256 right) => new(left.value * right.value);

    public static Lanes256 operator /(Lanes256 left, Lanes256 right) => new(left.value / right.value);

    public static Lanes256 operator ^(Lanes256 left, Lanes256 right) => new(left.value ^ right.value);

    public static Lanes256 operator &(Lanes256 left, Lanes256 right) => new(left.value & right.value);

    public static Lanes256 Abs(Lanes256 value) => new(Vector256.Abs(value.value));

    public static Lanes256 Min(Lanes256 left, Lanes256 right) => new(Vector256.MinNative(left.value, right.value));

    public static Lanes256 Max(Lanes256 left, Lanes256 right) => new(Vector256.MaxNative(left.value, right.value));

    public static Lanes256 GreaterOrEqual(Lanes256 left, Lanes256 right) => new(Vector256.GreaterThanOrEqual(left.value, right.value));

    public static Lanes256 Less(Lanes256 left, Lanes256 right) => new(Vector256.LessThan(left.value, right.value));

    public static Lanes256 Equal(Lanes256 left, Lanes256 right) => new(Vector256.Equals(left.value, right.value));

    public static Lanes256 Select(Lanes256 mask, Lanes256 whenSet, Lanes256 whenClear) =>
        new(Vector256.ConditionalSelect(mask.value, whenSet.value, whenClear.value));

    public static Lanes256 AddFrom(Lanes256 sum, Lanes256 value, Lanes256 threshold)
    {
        var v = value.value.AsInt32();
        return new((sum.value.AsInt32() + Vector256.AndNot(v, Vector256.GreaterThan(threshold.value.AsInt32(), v))).AsSingle());
    }

    public static Lanes256 UpperPart(Lanes256 value) => new(Vector256.ConvertToSingle((value.value.AsUInt32() >>> 24).AsInt32()));

    public static Lanes256 LowerPart(Lanes256 value) => new(Vector256.ConvertToSingle(value.value.AsInt32() & Vector256.Create(0xFFFFFF)));

    public static Lanes256 Threshold(Lanes256 value) => new((Vector256.ConvertToInt32(Vector256.Ceiling(value.value)) + Vector256.Create(1 << 24)).AsSingle());

    public static Lanes256 ShiftLeft(Lanes256 value, int count) => new((value.value.AsUInt32() << count).AsSingle());

    public static bool AllEqual(Lanes256 left, Lanes256 right) => Vector256.EqualsAll(left.value, right.value);
}
