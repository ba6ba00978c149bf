using System.Runtime.Intrinsics;

namespace Reparam.Compression.Simd;

/// <summary>16 lanes.</summary>
internal readonly unsafe struct Lanes512(Vector512<float> value) : ILanes<Lanes512>
{
    private readonly Vector512<float> value = value;

    public static int Count => Vector512<float>.Count;

    public static Lanes512 Create(float value) => new(Vector512.Create(value));

    public static Lanes512 Load(float* source) => new(Vector512.Load(source));

    public void Store(float* destination) => value.Store(destination);

    public static Lanes512 operator +(Lanes512 left, Lanes512 right) => new(left.value + right.value);

    public static Lanes512 operator -(Lanes512 left, Lanes512 right) => new(left.value - right.value);

    public static Lanes512 operator *(Lanes512 left, Lanes512 right) => new(left.value * right.value);

    public static Lanes512 operator /(Lanes512 left, Lanes512 right) => new(left.value / right.value);

    public static Lanes512 operator ^(Lanes512 left, Lanes512 right) => new(left.value ^ right.value);

    public static Lanes512 operator &(Lanes512 left, Lanes512 right) => new(left.value & right.value);

    public static Lanes512 Abs(Lanes512 value) => new(Vector512.Abs(value.value));

    public static Lanes512 Min(Lanes512 left, Lanes512 right) => new(Vector512.MinNative(left.value, right.value));

    public static Lanes512 Max(Lanes512 left, Lanes512 right) => new(Vector512.MaxNative(left.value, right.value));

    public static Lanes512 GreaterOrEqual(Lanes512 left, Lanes512 right) => new(Vector512.GreaterThanOrEqual(left.value, right.value));

    public static Lanes512 Less(Lanes512 left, Lanes512 right) => new(Vector512.LessThan(left.value, right.value));

    public static Lanes512 Equal(Lanes512 left, Lanes512 right) => new(Vector512.Equals(left.value, right.value));

    public static Lanes512 Select(Lanes512 mask, Lanes512 whenSet, Lanes512 whenClear) =>
        new(Vector512.ConditionalSelect(mask.value, whenSet.value, whenClear.value));

    public static Lanes512 AddFrom(Lanes512 sum, Lanes512 value, Lanes512 threshold)
    {
        var (s, v) = (sum.value.AsInt32(), value.value.AsInt32());
        return new(Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(v, threshold.value.AsInt32()), s + v, s).AsSingle());
    }

    public static Lanes512 UpperPart(Lanes512 value) => new(Vector512.ConvertToSingle((value.value.AsUInt32() >>> 24).AsInt32()));

    public static Lanes512 LowerPart(Lanes512 value) => new(Vector512.ConvertToSingle(value.value.AsInt32() & Vector512.Create(0xFFFFFF)));

    public static Lanes512 Threshold(Lanes512 value) => new((Vector512.ConvertToInt32(Vector512.Ceiling(value.value)) + Vector512.Create(1 << 24)).AsSingle());

    public static Lanes512 ShiftLeft(Lanes512 value, int count) => new((value.value.AsUInt32() << count).AsSingle());

    public static bool AllEqual(Lanes512 left, Lanes512 right) => Vector512.EqualsAll(left.value, right.value);
}
