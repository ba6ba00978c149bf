using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Simd;

/// <summary>8 lanes.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> value) : ILanes<Lanes256>
{
    private readonly Vector256<float> value = value;

    public static int Count => Vector256<float>.Count;

    public static Lanes256 Zero => new(Vector256<float>.Zero);

    public static Lanes256 Create(float value) => new(Vector256.Create(value));

    public static Lanes256 Load(float* source) => new(Vector256.Load(source));

    public void Store(float* destination) => value.Store(destination);

    public static Lanes256 operator +(Lanes256 left, Lanes256 right) => new(left.value + right.value);

    public static Lanes256 operator *(Lanes256 left, Lanes256 right) => new(left.value * right.value);

    public static Lanes256 MultiplyAdd(Lanes256 left, Lanes256 right, Lanes256 sum) =>
        new(Vector256.MultiplyAddEstimate(left.value, right.value, sum.value));

    // The instruction gives its second operand where one is NaN.
    public static Lanes256 Rectify(Lanes256 value) =>
        new(Avx.IsSupported ? Avx.Max(Vector256<float>.Zero, value.value) : Vector256.Max(Vector256<float>.Zero, value.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes256 value) => Lanes128.Sum(new(value.value.GetLower() + value.value.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Widen(byte* codes) => new(Avx2.ConvertToVector256Int32(codes).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ChangeSign(Lanes256 value, Lanes256 codes, int bit) =>
        new(value.value ^ ((codes.value.AsUInt32() << (31 - bit)) & Vector256.Create(0x80000000)).AsSingle());
}
