using System.Runtime.InteropServices;
using Reparam.Checkpoints;
using Reparam.Merging.Engine;

namespace Reparam.Merging.Tests.Engine;

public sealed class FloatElementsTests
{
    [Fact]
    public void All_finite_halves_and_bfloats_go_there_and_back()
    {
        foreach (var dtype in (DType[])[DType.F16, DType.BF16])
        {
            var words = Enumerable.Range(0, 1 << 16).Select(word => (ushort)word).ToArray();
            var values = new double[words.Length];
            FloatElements.ToDoubles(dtype, MemoryMarshal.AsBytes<ushort>(words), values);
            var finite = Enumerable.Range(0, words.Length).Where(i => double.IsFinite(values[i])).ToArray();
            var bytes = new byte[2 * finite.Length];
            Assert.Equal(-1, FloatElements.FromDoubles(dtype, [.. finite.Select(i => values[i])], bytes));
            Assert.Equal(finite.Select(i => words[i]), MemoryMarshal.Cast<byte, ushort>(bytes).ToArray());
        }
    }

    [Theory]
    [InlineData(1.00390625, 0x3F80)] // the middle between 1 and 1 + 2⁻⁷: to even
    [InlineData(1.01171875, 0x3F82)] // the middle between 1 + 2⁻⁷ and 1 + 2⁻⁶: to even
    [InlineData(1.0039062500000002, 0x3F81)] // just above the middle; a float in between would lie on it
    [InlineData(1.0039062499999998, 0x3F80)]
    [InlineData(-1.0039062500000002, 0xBF81)]
    [InlineData(1e-45, 0x0000)]
    [InlineData(0, 0x0000)]
    [InlineData(-0.0, 0x8000)]
    public void A_double_is_rounded_to_bfloat_once(double value, int expected)
    {
        var bytes = new byte[2];
        FloatElements.FromDoubles(DType.BF16, [value], bytes);
        Assert.Equal(expected, BitConverter.ToUInt16(bytes));
    }

    [Fact]
    public void Bfloats_are_the_nearest_ones()
    {
        foreach (var value in Vectors.Gaussian(5000, 3, scale: 40))
        {
            var bytes = new byte[2];
            FloatElements.FromDoubles(DType.BF16, [value], bytes);
            var found = new double[1];
            FloatElements.ToDoubles(DType.BF16, bytes, found);
            var word = BitConverter.ToUInt16(bytes);
            foreach (var neighbour in (int[])[word - 1, word + 1])
            {
                var other = new double[1];
                FloatElements.ToDoubles(DType.BF16, BitConverter.GetBytes((ushort)neighbour), other);
                Assert.True(Math.Abs(found[0] - value) <= Math.Abs(other[0] - value), $"{value} became {found[0]}, and {other[0]} is nearer");
            }
        }
    }

    [Theory]
    [InlineData(DType.F64, double.NaN)]
    [InlineData(DType.F64, double.PositiveInfinity)]
    [InlineData(DType.F32, 1e39)]
    [InlineData(DType.F16, 65520)]
    [InlineData(DType.BF16, 3.4e38)]
    [InlineData(DType.BF16, -1e39)]
    public void What_a_type_cannot_hold_is_found(DType dtype, double value) =>
        Assert.Equal(2, FloatElements.FromDoubles(dtype, [1, -2, value, value], new byte[4 * dtype.BitSize() / 8]));

    [Theory]
    [InlineData(DType.F32, 3.4028234e38)]
    [InlineData(DType.F16, 65519)]
    [InlineData(DType.BF16, 3.38e38)]
    public void What_a_type_can_hold_passes(DType dtype, double value) =>
        Assert.Equal(-1, FloatElements.FromDoubles(dtype, [value, -value], new byte[2 * dtype.BitSize() / 8]));
}
