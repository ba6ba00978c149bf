using System.Runtime.Intrinsics;

namespace Reparam.Compression.Simd;

/// <summary>4 lanes.</summary>
internal readonly unsafe struct Lanes128(Vector128<float> value) : ILanes<Lanes128>
{
    private readonly Vector128<float> value = value;

    public static int Count => Vector128<float>.Count;

    public static Lanes128 Create(float value) => new(Vector128.Create(value));

    public static Lanes128 Load(float* source) => new(Vector128.Load(source));

    public void Store(float* destination) => value.Store(destination);

    public static Lanes128 operator +(Lanes128 left, Lanes128 right) => new(left.value + right.value);

    public static Lanes128 operator -(Lanes128 left, Lanes128 right) => new(left.value - right.value);

    public static Lanes128 operator *(Lanes128 left, Lanes128 right) => new(left.value * right.value);

    public static Lanes128 operator /(Lanes128 left, Lanes128 right) => new(left.value / right.value);

    public static Lanes128 operator ^(Lanes128 left, Lanes128 right) => new(left.value ^ right.value);

    public static Lanes128 operator &(Lanes128 left, Lanes128 right) => new(left.value & right.value);

    public static Lanes128 Abs(Lanes128 value) => new(Vector128.Abs(value.value));

    public static Lanes128 Min(Lanes128 left, Lanes128 right) => new(Vector128.MinNative(left.value, right.value));

    public static Lanes128 Max(Lanes128 left, Lanes128 right) => new(Vector128.MaxNative(left.value, right.value));

    public static Lanes128 GreaterOrEqual(Lanes128 left, Lanes128 right) => new(Vector128.GreaterThanOrEqual(left.value, right.value));

    public static Lanes128 Less(Lanes128 left, Lanes128 right) => new(Vector128.LessThan(left.value, right.value));

    public static Lanes128 Equal(Lanes128 left, Lanes128 right) => new(Vector128.Equals(left.value, right.value));

    public static Lanes128 Select(Lanes128 mask, Lanes128 whenSet, Lanes128 whenClear) =>
        new(Vector128.ConditionalSelect(mask.value, whenSet.value, whenClear.value));

    public static Lanes128 AddFrom(Lanes128 sum, Lanes128 value, Lanes128 threshold)
    {
        var v = value.value.AsInt32();
        return new((sum.value.AsInt32() + Vector128.AndNot(v, Vector128.GreaterThan(threshold.value.AsInt32(), v))).AsSingle());
    }

    public static Lanes128 UpperPart(Lanes128 value) => new(Vector128.ConvertToSingle((value.value.AsUInt32() >>> 24).AsInt32()));

    public static Lanes128 LowerPart(Lanes128 value) => new(Vector128.ConvertToSingle(value.value.AsInt32() & Vector128.Create(0xFFFFFF)));

    public static Lanes128 Threshold(Lanes128 value) => new((Vector128.ConvertToInt32(Vector128.Ceiling(value.value)) + Vector128.Create(1 << 24)).AsSingle());

    public static Lanes128 ShiftLeft(Lanes128 value, int count) => new((value.value.AsUInt32() << count).AsSingle());

    public static bool AllEqual(Lanes128 left, Lanes128 right) => Vector128.EqualsAll(left.value, right.value);
}
