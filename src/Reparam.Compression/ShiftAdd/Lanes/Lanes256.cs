using System.Runtime.Intrinsics;

namespace Reparam.Compression.ShiftAdd.Lanes;

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

    public static Lanes256 Select(Lanes256 mask, Lanes256 whenSet, Lanes256 whenClear) =>
        new(Vector256.ConditionalSelect(mask.value, whenSet.value, whenClear.value));

    public static Lanes256 AddWhere(Lanes256 sum, Lanes256 mask, Lanes256 value) => new(sum.value + (mask.value & value.value));

    public static Lanes256 CountWhere(Lanes256 counts, Lanes256 mask) => new((counts.value.AsInt32() - mask.value.AsInt32()).AsSingle());

    public static Lanes256 FromCount(Lanes256 counts) => new(Vector256.ConvertToSingle(counts.value.AsInt32()));

    public static Lanes256 ShiftLeft(Lanes256 value, int count) => new((value.value.AsUInt32() << count).AsSingle());

    public static bool AllEqual(Lanes256 left, Lanes256 right) => Vector256.EqualsAll(left.value, right.value);
}
