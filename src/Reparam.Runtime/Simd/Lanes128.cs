using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Simd;

/// <summary>4 lanes.</summary>
internal readonly unsafe struct Lanes128(Vector128<float> value) : ILanes<Lanes128>
{
    private readonly Vector128<float> value = value;

    public static int Count => Vector128<float>.Count;

    public static Lanes128 Zero => new(Vector128<float>.Zero);

    public static Lanes128 Create(float value) => new(Vector128.Create(value));

    public static Lanes128 Load(float* source) => new(Vector128.Load(source));

    public void Store(float* destination) => value.Store(destination);

    public static Lanes128 operator +(Lanes128 left, Lanes128 right) => new(left.value + right.value);

    public static Lanes128 operator *(Lanes128 left, Lanes128 right) => new(left.value * right.value);

    public static Lanes128 MultiplyAdd(Lanes128 left, Lanes128 right, Lanes128 sum) =>
        new(Vector128.MultiplyAddEstimate(left.value, right.value, sum.value));

    // The instruction gives its second operand where one is NaN.
    public static Lanes128 Rectify(Lanes128 value) =>
        new(Sse.IsSupported ? Sse.Max(Vector128<float>.Zero, value.value) : Vector128.Max(Vector128<float>.Zero, value.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes128 value)
    {
        var pairs = value.value + Vector128.Shuffle(value.value, Vector128.Create(2, 3, 0, 1));
        return pairs[0] + pairs[1];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Widen(byte* codes) =>
        new(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(codes)).AsByte())).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ChangeSign(Lanes128 value, Lanes128 codes, int bit) =>
        new(value.value ^ ((codes.value.AsUInt32() << (31 - bit)) & Vector128.Create(0x80000000)).AsSingle());
}
