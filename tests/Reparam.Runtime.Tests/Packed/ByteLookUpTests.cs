using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Tests.Packed;

public class ByteLookUpTests
{
    [Fact]
    public void The_portable_look_up_finds_every_entry_adds_neighbours_and_averages()
    {
        AssertFindsEveryEntry<IByteLookUp.Portable>();
        AssertAddsNeighbours<IByteLookUp.Portable>();
        AssertAveragesAllPairs<IByteLookUp.Portable>();
    }

    [Fact]
    public void The_ssse3_look_up_finds_every_entry_adds_neighbours_and_averages_where_the_machine_has_it()
    {
        // The kernels choose it by the same question.
        if (Ssse3.IsSupported)
        {
            AssertFindsEveryEntry<IByteLookUp.Ssse3Shuffle>();
            AssertAddsNeighbours<IByteLookUp.Ssse3Shuffle>();
            AssertAveragesAllPairs<IByteLookUp.Ssse3Shuffle>();
        }
    }

    [Fact]
    public void Products_of_neighbouring_words_are_added()
    {
        var random = new Random(1);
        short[] ends = [short.MinValue, short.MaxValue, -1, 0, 1, 508, 32512];
        for (var turn = 0; turn < 100; turn++)
        {
            var left = Vector128.Create([.. Enumerable.Range(0, 8).Select(_ => ends[random.Next(ends.Length)])]);
            var right = Vector128.Create([.. Enumerable.Range(0, 8).Select(_ => (short)random.Next(-32767, 32768))]);
            var sums = VectorParts.MultiplyAddNeighbours(left, right);
            for (var i = 0; i < 4; i++)
            {
                Assert.Equal((left[2 * i] * right[2 * i]) + (left[(2 * i) + 1] * right[(2 * i) + 1]), sums[i]);
            }
        }
    }

    private static void AssertFindsEveryEntry<TLookUp>()
        where TLookUp : struct, IByteLookUp
    {
        var table = Vector128.Create((byte)200, 3, 255, 0, 17, 128, 127, 9, 64, 1, 2, 250, 90, 31, 77, 5);
        for (var turn = 0; turn < 16; turn++)
        {
            var index = Vector128.Create((byte)turn) ^ Vector128.Create((byte)0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
            var found = TLookUp.LookUp(table, index);
            for (var i = 0; i < 16; i++)
            {
                Assert.Equal(table[index[i]], found[i]);
            }

            // What kernels write for "none".
            Assert.Equal(Vector128<byte>.Zero, TLookUp.LookUp(table, index | Vector128.Create((byte)0x80)));
            Assert.Equal(Vector128<byte>.Zero, TLookUp.LookUp(table, Vector128.Create((byte)(128 + (7 * turn)))));
        }
    }

    private static void AssertAveragesAllPairs<TLookUp>()
        where TLookUp : struct, IByteLookUp
    {
        for (var left = 0; left < 256; left++)
        {
            for (var right = 0; right < 256; right++)
            {
                Assert.Equal(Vector128.Create((byte)((left + right + 1) / 2)), TLookUp.Average(Vector128.Create((byte)left), Vector128.Create((byte)right)));
            }
        }
    }

    private static void AssertAddsNeighbours<TLookUp>()
        where TLookUp : struct, IByteLookUp
    {
        var values = Vector128.Create((sbyte)-128, -128, 127, 127, -128, 127, -1, 0, 0, -1, 100, 100, -1, -1, 3, -4);
        Assert.Equal(Vector128.Create((short)-256, 254, -1, -1, -1, 200, -2, -1), TLookUp.AddNeighbours(values));
        Assert.Equal(Vector128.Create((short)256, 254, 255, 255, 255, 200, 510, 255), TLookUp.AddNeighbours(values.AsByte()));
    }
}
