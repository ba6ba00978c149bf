using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Simd;

/// <summary>16 lanes.</summary>
internal readonly unsafe struct Lanes512(Vector512<float> value) : ILanes<Lanes512>
{
    private readonly Vector512<float> value = value;

    public static int Count => Vector512<float>.Count;

    public static Lanes512 Zero => new(Vector512<float>.Zero);

    public static Lanes512 Create(float value) => new(Vector512.Create(value));

    public static Lanes512 Load(float* source) => new(Vector512.Load(source));

    public void Store(float* destination) => value.Store(destination);

    public static Lanes512 operator +(Lanes512 left, Lanes512 right) => new(left.value + right.value);

    public static Lanes512 operator *(Lanes512 left, Lanes512 right) => new(left.value * right.value);

    public static Lanes512 MultiplyAdd(Lanes512 left, Lanes512 right, Lanes512 sum) =>
        new(Vector512.MultiplyAddEstimate(left.value, right.value, sum.value));

    // The instruction gives its second operand where one is NaN.
    public static Lanes512 Rectify(Lanes512 value) =>
        new(Avx512F.Max(Vector512<float>.Zero, value.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes512 value) => Lanes256.Sum(new(value.value.GetLower() + value.value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Widen(byte* codes) => new(Avx512F.ConvertToVector512Int32(Vector128.Load(codes)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ChangeSign(Lanes512 value, Lanes512 codes, int bit) =>
        new(value.value ^ ((codes.value.AsUInt32() << (31 - bit)) & Vector512.Create(0x80000000)).AsSingle());
}
