using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Tests.Packed;

public class ByteLookUpTests
{
    [Fact]
    public void The_portable_look_up_finds_every_entry() => AssertFindsEveryEntry<IByteLookUp.Portable>();

    [Fact]
    public void The_ssse3_look_up_finds_every_entry_where_the_machine_has_it()
    {
        // The kernels choose it by the same question.
        if (Ssse3.IsSupported)
        {
            AssertFindsEveryEntry<IByteLookUp.Ssse3Shuffle>();
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
        }
    }
}
