using System.Numerics;
using CsCheck;
using Reparam.Checkpoints.Packed;

namespace Reparam.Checkpoints.Tests.Packed.Uniform;

public class BitString_Tests
{
    private static readonly Gen<(int Bits, byte[] Values)> Strings =
        from bits in Gen.Int[1, 8]
        from values in Gen.Int[0, (1 << bits) - 1].Select(static value => (byte)value).Array[0, 70]
        select (bits, values);

    [Fact]
    public void Integers_lie_one_behind_the_other_from_the_lowest_bit_on() => Strings.Sample((bits, values) =>
    {
        var packed = new byte[BitString.Bytes(values.Length, bits)];
        packed.AsSpan().Fill(0xA5);
        BitString.Pack(values, bits, packed);

        var number = BigInteger.Zero;
        for (var i = 0; i < values.Length; i++)
        {
            number += new BigInteger(values[i]) << (bits * i);
        }

        Assert.Equal(number, new BigInteger(packed, isUnsigned: true));
        var unpacked = new byte[values.Length];
        BitString.Unpack(packed, bits, unpacked);
        Assert.Equal(values, unpacked);
        Assert.All(values.Index(), value => Assert.Equal(value.Item, BitString.At(packed, bits, value.Index)));
    });

    [Fact]
    public void Four_bits_lie_two_in_a_byte_the_first_in_the_low_half()
    {
        var packed = new byte[2];
        BitString.Pack([0x3, 0xC, 0x5], 4, packed);
        Assert.Equal([0xC3, 0x05], packed);
    }

    [Fact]
    public void A_value_of_more_bits_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(static () => BitString.Pack([8], 3, new byte[1]));
}
