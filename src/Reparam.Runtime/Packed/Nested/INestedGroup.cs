using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Packed;

/// <summary>How the 16 integers of a group are looked up among the levels of its profile.</summary>
internal unsafe interface INestedGroup<T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>Bytes of a profile's levels.</summary>
    static abstract int LevelBytes(int bits);

    /// <summary>Writes a level: the integer that a code stands for.</summary>
    static abstract void WriteLevel(byte* levels, int code, int value);

    /// <summary>Writes the integers of a group.</summary>
    /// <param name="codes">16 bytes of codes.</param>
    /// <param name="shift">Place of the group's codes in a byte.</param>
    /// <param name="width">Bits of a code, 2 or 4.</param>
    /// <param name="levels">Levels of the group's profile.</param>
    /// <param name="integers">Out: 16 integers.</param>
    static abstract void Decode(byte* codes, [ConstantExpected] int shift, [ConstantExpected] int width, byte* levels, float* integers);

    /// <summary>The sum and the products of the group's integers with 16 inputs, added from left to right in whole vectors.</summary>
    static abstract T MultiplyAdd(byte* codes, [ConstantExpected] int shift, [ConstantExpected] int width, byte* levels, float* x, T sum);
}

/// <summary>16 levels in one register.</summary>
internal readonly unsafe struct NestedGroup512 : INestedGroup<Lanes512>
{
    public static int LevelBytes(int bits) => sizeof(float) << bits;

    public static void WriteLevel(byte* levels, int code, int value) => ((float*)levels)[code] = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* codes, [ConstantExpected] int shift, [ConstantExpected] int width, byte* levels, float* integers) =>
        LookUp(codes, shift, width, levels).Store(integers);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 MultiplyAdd(byte* codes, [ConstantExpected] int shift, [ConstantExpected] int width, byte* levels, float* x, Lanes512 sum) =>
        Lanes512.MultiplyAdd(new(LookUp(codes, shift, width, levels)), Lanes512.Load(x), sum);

    // The permutation looks at four bits of an index. With fewer levels than 16 it reads the next profile's, which no index selects.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> LookUp(byte* codes, int shift, int width, byte* levels)
    {
        var index = Avx512F.ConvertToVector512Int32(Vector128.Load(codes)) >>> shift;
        return Avx512F.PermuteVar16x32(Vector512.Load((float*)levels), width == 2 ? index & Vector512.Create(3) : index);
    }
}

/// <summary>Up to 8 levels in one register.</summary>
internal readonly unsafe struct NestedGroup256 : INestedGroup<Lanes256>
{
    public static int LevelBytes(int bits) => sizeof(float) << bits;

    public static void WriteLevel(byte* levels, int code, int value) => ((float*)levels)[code] = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* codes, [ConstantExpected] int shift, [ConstantExpected] int width, byte* levels, float* integers)
    {
        LookUp(codes, shift, width, levels).Store(integers);
        LookUp(codes + 8, shift, width, levels).Store(integers + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(byte* codes, [ConstantExpected] int shift, [ConstantExpected] int width, byte* levels, float* x, Lanes256 sum)
    {
        sum = Lanes256.MultiplyAdd(new(LookUp(codes, shift, width, levels)), Lanes256.Load(x), sum);
        return Lanes256.MultiplyAdd(new(LookUp(codes + 8, shift, width, levels)), Lanes256.Load(x + 8), sum);
    }

    // The permutation looks at three bits of an index; the fourth one of three planes is clear.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LookUp(byte* codes, int shift, int width, byte* levels)
    {
        var index = Avx2.ConvertToVector256Int32(codes) >>> shift;
        return Avx2.PermuteVar8x32(Vector256.Load((float*)levels), width == 2 ? index & Vector256.Create(3) : index);
    }
}

/// <summary>16 levels in two registers.</summary>
internal readonly unsafe struct NestedGroup256Wide : INestedGroup<Lanes256>
{
    public static int LevelBytes(int bits) => sizeof(float) << bits;

    public static void WriteLevel(byte* levels, int code, int value) => ((float*)levels)[code] = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* codes, [ConstantExpected] int shift, [ConstantExpected] int width, byte* levels, float* integers)
    {
        LookUp(codes, shift, levels).Store(integers);
        LookUp(codes + 8, shift, levels).Store(integers + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 MultiplyAdd(byte* codes, [ConstantExpected] int shift, [ConstantExpected] int width, byte* levels, float* x, Lanes256 sum)
    {
        sum = Lanes256.MultiplyAdd(new(LookUp(codes, shift, levels)), Lanes256.Load(x), sum);
        return Lanes256.MultiplyAdd(new(LookUp(codes + 8, shift, levels)), Lanes256.Load(x + 8), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LookUp(byte* codes, int shift, byte* levels)
    {
        var index = Avx2.ConvertToVector256Int32(codes) >>> shift;
        var low = Avx2.PermuteVar8x32(Vector256.Load((float*)levels), index);
        var high = Avx2.PermuteVar8x32(Vector256.Load((float*)levels + 8), index);
        return Avx.BlendVariable(low, high, (index << 28).AsSingle());
    }
}

/// <summary>The low and the high bytes of 16 levels in a register each.</summary>
internal readonly unsafe struct NestedGroup128<TLookUp> : INestedGroup<Lanes128>
    where TLookUp : struct, IByteLookUp
{
    public static int LevelBytes(int bits) => 32;

    public static void WriteLevel(byte* levels, int code, int value)
    {
        levels[code] = (byte)value;
        levels[16 + code] = (byte)(value >> 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Decode(byte* codes, [ConstantExpected] int shift, [ConstantExpected] int width, byte* levels, float* integers)
    {
        LookUp(codes, shift, width, levels, out var a, out var b, out var c, out var d);
        a.Store(integers);
        b.Store(integers + 4);
        c.Store(integers + 8);
        d.Store(integers + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 MultiplyAdd(byte* codes, [ConstantExpected] int shift, [ConstantExpected] int width, byte* levels, float* x, Lanes128 sum)
    {
        LookUp(codes, shift, width, levels, out var a, out var b, out var c, out var d);
        sum = Lanes128.MultiplyAdd(new(a), Lanes128.Load(x), sum);
        sum = Lanes128.MultiplyAdd(new(b), Lanes128.Load(x + 4), sum);
        sum = Lanes128.MultiplyAdd(new(c), Lanes128.Load(x + 8), sum);
        return Lanes128.MultiplyAdd(new(d), Lanes128.Load(x + 12), sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LookUp(
        byte* codes, int shift, int width, byte* levels, out Vector128<float> a, out Vector128<float> b, out Vector128<float> c, out Vector128<float> d)
    {
        var index = (Vector128.Load(codes).AsUInt16() >>> shift).AsByte() & Vector128.Create((byte)((1 << width) - 1));
        var low = TLookUp.LookUp(Vector128.Load(levels), index);
        var high = TLookUp.LookUp(Vector128.Load(levels + 16), index);
        var (first, second) = Vector128.Widen(LowHalves(low, high));
        var (third, fourth) = Vector128.Widen(HighHalves(low, high));
        a = Vector128.ConvertToSingle(first);
        b = Vector128.ConvertToSingle(second);
        c = Vector128.ConvertToSingle(third);
        d = Vector128.ConvertToSingle(fourth);
    }

    // low + 256·high of the first eight bytes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> LowHalves(Vector128<byte> low, Vector128<byte> high) =>
        Sse2.IsSupported ? Sse2.UnpackLow(low, high).AsInt16() : (Vector128.WidenLower(low) | (Vector128.WidenLower(high) << 8)).AsInt16();

    // The same of the last eight.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> HighHalves(Vector128<byte> low, Vector128<byte> high) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(low, high).AsInt16() : (Vector128.WidenUpper(low) | (Vector128.WidenUpper(high) << 8)).AsInt16();
}
