using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Tests.Packed;

public class PrepackedArenaTests
{
    [Fact]
    public unsafe void Parts_are_aligned_zeroed_and_apart()
    {
        var parts = new List<LineMemory>();
        foreach (var bytes in (long[])[0, 1, 65_535, 65_536, 100_001, 1 << 20, (2 << 20) + 1, 5 << 20, 70_000])
        {
            var part = PrepackedArena.Take(bytes);
            Assert.Equal(bytes, part.Bytes);
            Assert.Equal(0u, (nuint)part.Start % 64);
            for (long i = 0; i < bytes; i += 512)
            {
                Assert.Equal(0, part.Start[i]);
            }

            new Span<byte>(part.Start, (int)bytes).Fill((byte)(parts.Count + 1));
            parts.Add(part);
        }

        for (var i = 0; i < parts.Count; i++)
        {
            Assert.False(new ReadOnlySpan<byte>(parts[i].Start, (int)parts[i].Bytes).ContainsAnyExcept((byte)(i + 1)));
        }
    }

    [Fact]
    public void A_part_outlives_collections_while_it_is_used()
    {
        var part = PrepackedArena.Take(1 << 20);
        Write(part, 7);
        for (var i = 0; i < 3; i++)
        {
            _ = PrepackedArena.Take(3 << 20);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.True(Holds(part, 7));
        GC.KeepAlive(part);
    }

    private static unsafe void Write(LineMemory part, byte value) => new Span<byte>(part.Start, (int)part.Bytes).Fill(value);

    private static unsafe bool Holds(LineMemory part, byte value) => !new ReadOnlySpan<byte>(part.Start, (int)part.Bytes).ContainsAnyExcept(value);
}
