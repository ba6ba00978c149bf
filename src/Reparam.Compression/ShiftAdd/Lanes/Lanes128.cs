using System.Runtime.Intrinsics;

namespace Reparam.Compression.ShiftAdd.Lanes;

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

    public static Lanes128 Select(Lanes128 mask, Lanes128 whenSet, Lanes128 whenClear) =>
        new(Vector128.ConditionalSelect(mask.value, whenSet.value, whenClear.value));

    public static Lanes128 AddWhere(Lanes128 sum, Lanes128 mask, Lanes128 value) => new(sum.value + (mask.value & value.value));

    public static Lanes128 CountWhere(Lanes128 counts, Lanes128 mask) => new((counts.value.AsInt32() - mask.value.AsInt32()).AsSingle());

    public static Lanes128 FromCount(Lanes128 counts) => new(Vector128.ConvertToSingle(counts.value.AsInt32()));

    public static Lanes128 ShiftLeft(Lanes128 value, int count) => new((value.value.AsUInt32() << count).AsSingle());

    public static bool AllEqual(Lanes128 left, Lanes128 right) => Vector128.EqualsAll(left.value, right.value);
}
