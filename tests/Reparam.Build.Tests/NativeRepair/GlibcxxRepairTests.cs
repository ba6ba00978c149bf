using System.Buffers.Binary;
using System.Text;
using CsCheck;
using Reparam.Build.NativeRepair;

namespace Reparam.Build.Tests.NativeRepair;

public class GlibcxxRepairTests
{
    private const ushort Weak = 2;

    [Fact]
    public void The_symbol_is_renamed_and_bound_to_the_old_version_and_the_new_version_is_weak()
    {
        var elf = new SyntheticElf();
        var image = elf.Image.ToArray();

        Assert.True(GlibcxxRepair.TryRepair(image));

        var text = Encoding.ASCII.GetString(image);
        Assert.DoesNotContain(SyntheticElf.NewSymbol, text, StringComparison.Ordinal);
        Assert.Contains(SyntheticElf.OldSymbol + "\0", text, StringComparison.Ordinal);
        Assert.Equal(SyntheticElf.OldVersionIndex, ReadUInt16(image, elf.Offsets[".gnu.version"] + 4));
        var needed = elf.Offsets[".gnu.version_r"];
        Assert.Equal(0, ReadUInt16(image, needed + 16 + 4)); // GLIBC_2.17
        Assert.Equal(0, ReadUInt16(image, needed + 48 + 4)); // GLIBCXX_3.4
        Assert.Equal(Weak, ReadUInt16(image, needed + 64 + 4)); // GLIBCXX_3.4.32
        // The renamed string, one version index, one flag.
        Assert.InRange(elf.Image.Zip(image).Count(pair => pair.First != pair.Second), 1, SyntheticElf.NewSymbol.Length + 2);
    }

    [Fact]
    public void A_repaired_library_needs_no_repair()
    {
        var image = new SyntheticElf().Image;
        Assert.True(GlibcxxRepair.TryRepair(image));
        var once = image.ToArray();

        Assert.False(GlibcxxRepair.TryRepair(image));
        Assert.Equal(once, image);
    }

    [Fact]
    public void A_library_without_the_symbol_is_left_alone()
    {
        var image = new SyntheticElf(hasSymbol: false).Image;
        var before = image.ToArray();

        Assert.False(GlibcxxRepair.TryRepair(image));
        Assert.Equal(before, image);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { (byte)'M', (byte)'Z', 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 1, 1, 1, 0 })] // 32 bits
    [InlineData(new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 2, 1, 0 })] // big-endian
    public void Other_files_are_left_alone(byte[] image) => Assert.False(GlibcxxRepair.TryRepair(image));

    [Fact]
    public void A_library_without_version_tables_is_refused() =>
        Assert.Contains("no symbol version tables", Assert.Throws<FormatException>(() => GlibcxxRepair.TryRepair(new SyntheticElf(hasVersionTables: false).Image)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_library_that_does_not_need_the_old_version_is_refused() =>
        Assert.Contains("GLIBCXX_3.4", Assert.Throws<FormatException>(() => GlibcxxRepair.TryRepair(new SyntheticElf(hasOldVersion: false).Image)).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_truncation_is_refused()
    {
        var image = new SyntheticElf().Image;
        for (var length = 6; length < image.Length; length++)
        {
            Assert.Throws<FormatException>(() => GlibcxxRepair.TryRepair(image[..length]));
        }
    }

    [Fact]
    public void Damage_anywhere_gives_an_answer_or_a_format_error()
    {
        var image = new SyntheticElf().Image;
        Gen.Select(Gen.Int[6, image.Length - 1], Gen.Byte).Array[1, 4].Sample(damages =>
        {
            var damaged = image.ToArray();
            foreach (var (at, value) in damages)
            {
                damaged[at] = value;
            }

            try
            {
                GlibcxxRepair.TryRepair(damaged);
            }
            catch (FormatException)
            {
                // The answer for a damaged file.
            }
        });
    }

    private static ushort ReadUInt16(byte[] image, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(offset));
}
