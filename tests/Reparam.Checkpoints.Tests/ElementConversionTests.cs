using System.Runtime.InteropServices;

namespace Reparam.Checkpoints.Tests;

/// <summary>Half precisions, all 65,536 patterns of each.</summary>
public sealed class ElementConversionTests
{
    private static readonly ushort[] AllPatterns = [.. Enumerable.Range(0, 65536).Select(value => (ushort)value)];

    [Theory]
    [InlineData(DType.BF16)]
    [InlineData(DType.F16)]
    public void Every_pattern_survives_the_way_to_float_and_back(DType dtype)
    {
        var values = new float[AllPatterns.Length];
        ElementConversion.ToSingles(dtype, MemoryMarshal.AsBytes<ushort>(AllPatterns), values);
        var back = new ushort[AllPatterns.Length];
        ElementConversion.FromSingles(dtype, values, MemoryMarshal.AsBytes(back.AsSpan()));
        for (var i = 0; i < AllPatterns.Length; i++)
        {
            if (float.IsNaN(values[i]))
            {
                // Only the quiet bit may change.
                Assert.Equal(AllPatterns[i] | (dtype == DType.BF16 ? 0x40 : 0x200), back[i]);
            }
            else
            {
                Assert.Equal(AllPatterns[i], back[i]);
            }
        }
    }

    [Theory]
    [InlineData(1.00390625f, 0x3F80)] // halfway between 1 and the next: to even
    [InlineData(1.01171875f, 0x3F82)] // halfway, odd below: up
    [InlineData(1.0039064f, 0x3F81)]
    [InlineData(3.4028235e38f, 0x7F80)] // rounds to infinity
    [InlineData(-1e-45f, 0x8000)]
    [InlineData(float.NegativeInfinity, 0xFF80)]
    public void Brain_floats_round_to_nearest_even(float value, int expected)
    {
        var bytes = new byte[2];
        ElementConversion.FromSingles(DType.BF16, [value], bytes);
        Assert.Equal(expected, BitConverter.ToUInt16(bytes));
    }

    [Fact]
    public void Types_without_a_conversion_and_wrong_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ElementConversion.ToSingles(DType.C64, new byte[8], new float[1]));
        Assert.Throws<ArgumentException>(() => ElementConversion.ToSingles(DType.F16, new byte[3], new float[1]));
        Assert.Throws<ArgumentException>(() => ElementConversion.FromSingles(DType.I8, new float[1], new byte[1]));
        Assert.Throws<ArgumentException>(() => ElementConversion.FromSingles(DType.F16, new float[1], new byte[1]));
        foreach (var dtype in Enum.GetValues<DType>().Where(ElementConversion.CanConvertToSingle))
        {
            ElementConversion.ToSingles(dtype, new byte[dtype.BitSize() / 8], new float[1]);
        }
    }
}
