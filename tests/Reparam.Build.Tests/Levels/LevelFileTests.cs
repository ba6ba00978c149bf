using System.Buffers.Binary;
using System.Text;
using Reparam.Levels;

namespace Reparam.Build.Tests.Levels;

public sealed class LevelFileTests : IDisposable
{
    private const string Mark = "x86-64-v3/0123456789ABCDEF";

    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    // Around the ends of the pieces that the file is read in.
    [Theory]
    [InlineData(4096)]
    [InlineData((1 << 18) - 30)]
    [InlineData((1 << 18) - 26)]
    [InlineData((1 << 18) - 25)]
    [InlineData((1 << 18) - 1)]
    [InlineData(1 << 18)]
    [InlineData((1 << 20) - 26)]
    public void The_mark_is_found_wherever_it_lies(int at) => Assert.Null(Defect(Program(1 << 20, at)));

    [Fact]
    public void A_file_of_another_build_or_level_is_refused()
    {
        var program = Program(1 << 19, 70_000);
        Assert.Equal("belongs to another build", Defect(program, "x86-64-v4/0123456789ABCDEF"));
        Assert.Equal("belongs to another build", Defect(program, "x86-64-v3/0123456789ABCDEE"));
        program[70_010] ^= 1;
        Assert.Equal("belongs to another build", Defect(program));
    }

    [Fact]
    public void A_missing_file_is_named_as_such()
    {
        File.Delete(path);
        Assert.Equal("is not there", LevelFile.Defect(path, Mark));
        Assert.Equal("is not there", LevelFile.Defect(Path.Combine(path, "program"), Mark));
    }

    [Fact]
    public void A_folder_is_refused() => Assert.StartsWith("cannot be read", LevelFile.Defect(Path.GetTempPath(), Mark), StringComparison.Ordinal);

    [Fact]
    public void A_damaged_program_is_refused()
    {
        if (!OperatingSystem.IsLinux())
        {
            return; // Elsewhere the operating system refuses it.
        }

        var program = Program(1 << 19, 70_000);
        Assert.All((int[])[1, 4, 40, 63, 64, 119, 120, 4096, 100_000, program.Length - 1], length => Assert.NotNull(Defect(program[..length])));
        Assert.Equal("is damaged", Defect(program[..^1]));
        Assert.Equal("is damaged", Defect(Encoding.ASCII.GetBytes($"#!/bin/sh\n# {Mark}\necho hello\n# padding padding padding\n")));
        Assert.All((int[])[0, 3, 4, 18, 39], at =>
        {
            var other = program.ToArray();
            other[at] ^= 0xFF;
            Assert.Equal("is damaged", Defect(other));
        });
        Assert.NotNull(Defect([]));
    }

    /// <summary>The least that Linux would take for a program: a header, and one segment to map that is the whole file.</summary>
    private static byte[] Program(int length, int markAt)
    {
        var program = new byte[length];
        "\u007FELF\u0002\u0001\u0001"u8.CopyTo(program);
        BinaryPrimitives.WriteUInt16LittleEndian(program.AsSpan(16), 3); // shared object
        BinaryPrimitives.WriteUInt16LittleEndian(program.AsSpan(18), 62); // x86-64
        BinaryPrimitives.WriteUInt64LittleEndian(program.AsSpan(32), 64); // program headers start
        BinaryPrimitives.WriteUInt16LittleEndian(program.AsSpan(54), 56); // bytes of one
        BinaryPrimitives.WriteUInt16LittleEndian(program.AsSpan(56), 1); // count
        BinaryPrimitives.WriteUInt32LittleEndian(program.AsSpan(64), 1); // to be mapped
        BinaryPrimitives.WriteUInt64LittleEndian(program.AsSpan(64 + 32), (ulong)length); // bytes in the file
        Encoding.UTF8.GetBytes(Mark).CopyTo(program, markAt);
        return program;
    }

    private string? Defect(byte[] content, string mark = Mark)
    {
        File.WriteAllBytes(path, content);
        return LevelFile.Defect(path, mark);
    }
}
