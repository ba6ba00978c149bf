using System.Globalization;
using System.Runtime.CompilerServices;

namespace Reparam.Runtime;

/// <summary>A number with the range of single precision and 8 bits of significand: the upper half of a <see cref="float"/>.</summary>
[Counterpart("TorchSharp.BFloat16")]
public readonly struct BFloat16 : IEquatable<BFloat16>
{
    private readonly ushort bits;

    /// <summary>Rounds to the nearest number, ties to even.</summary>
    public BFloat16(float value)
    {
        var raw = BitConverter.SingleToUInt32Bits(value);
        bits = float.IsNaN(value) ? (ushort)0x7FC0 : (ushort)((raw + 0x7FFF + ((raw >> 16) & 1)) >> 16);
    }

    private BFloat16(ushort bits) => this.bits = bits;

    /// <summary>The next number towards another one; NaN if one of them is.</summary>
    internal static BFloat16 Next(BFloat16 from, BFloat16 towards)
    {
        var (x, y) = (from.ToSingle(), towards.ToSingle());
        return float.IsNaN(x) || float.IsNaN(y) ? new BFloat16(float.NaN)
            : x == y ? towards
            : x == 0 ? new BFloat16((ushort)(y > 0 ? 1 : 0x8001))
            : new BFloat16((ushort)(from.bits + ((x < y) == (x > 0) ? 1 : -1)));
    }

    /// <summary>The exact value.</summary>
    [Counterpart("ToSingle")]
    public float ToSingle() => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>Rounds to the nearest number, ties to even.</summary>
    [Counterpart("op_Explicit")]
    public static explicit operator BFloat16(float value) => new(value);

    /// <summary>The exact value.</summary>
    [Counterpart("op_Explicit")]
    public static explicit operator float(BFloat16 value) => value.ToSingle();

    /// <summary>Rounds to the nearest number, ties to even.</summary>
    [Counterpart("op_Explicit")]
    public static explicit operator BFloat16(double value) => new((float)value);

    /// <summary>The exact value.</summary>
    [Counterpart("op_Explicit")]
    public static explicit operator double(BFloat16 value) => value.ToSingle();

    /// <summary>Whether two numbers are equal; NaN equals nothing.</summary>
    public static bool operator ==(BFloat16 left, BFloat16 right) => left.ToSingle() == right.ToSingle();

    /// <summary>Whether two numbers differ.</summary>
    public static bool operator !=(BFloat16 left, BFloat16 right) => !(left == right);

    /// <inheritdoc/>
    public bool Equals(BFloat16 other) => ToSingle().Equals(other.ToSingle());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BFloat16 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => ToSingle().GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => ToSingle().ToString(CultureInfo.InvariantCulture);

    /// <summary>Rounds many numbers.</summary>
    internal static void Round(ReadOnlySpan<float> source, Span<BFloat16> destination)
    {
        for (var i = 0; i < source.Length; i++)
        {
            destination[i] = new BFloat16(source[i]);
        }
    }

    /// <summary>Exact values of many numbers.</summary>
    internal static void Widen(ReadOnlySpan<BFloat16> source, Span<float> destination)
    {
        for (var i = 0; i < source.Length; i++)
        {
            destination[i] = BitConverter.UInt32BitsToSingle((uint)Unsafe.BitCast<BFloat16, ushort>(source[i]) << 16);
        }
    }
}
