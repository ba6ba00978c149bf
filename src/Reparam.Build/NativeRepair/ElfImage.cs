using System;
using System.Collections.Generic;
using System.Text;

namespace Reparam.Build.NativeRepair;

/// <summary>A 64-bit little-endian ELF file in memory. Every access is checked: a truncated or damaged file gives <see cref="FormatException"/>.</summary>
internal sealed class ElfImage
{
    // Offsets in Elf64_Ehdr and Elf64_Shdr.
    private const int HeaderSize = 64;
    private const int SectionHeaders = 40;
    private const int SectionHeaderSize = 58;
    private const int SectionCount = 60;
    private const int SectionNamesIndex = 62;
    private const int SectionOffset = 24;
    private const int SectionSize = 32;

    private readonly byte[] bytes;
    private readonly Dictionary<string, ElfSection> sections = new(StringComparer.Ordinal);

    private ElfImage(byte[] bytes)
    {
        this.bytes = bytes;
        var headers = ReadOffset(SectionHeaders);
        int size = ReadUInt16(SectionHeaderSize), count = ReadUInt16(SectionCount);
        Check(headers, size * count);
        ElfSection At(int i) => new(ReadOffset(headers + i * size + SectionOffset), ReadOffset(headers + i * size + SectionSize));

        var names = At(ReadUInt16(SectionNamesIndex));
        for (var i = 0; i < count; i++)
        {
            sections[ReadString(names.Offset + ReadIndex(headers + i * size))] = At(i);
        }
    }

    /// <summary>Takes the bytes of a file; null if they are not such an ELF file.</summary>
    /// <exception cref="FormatException">They are, and the section table does not lie within the file.</exception>
    public static ElfImage? Open(byte[] bytes)
    {
        if (bytes.Length < 6 || bytes[0] != 0x7F || bytes[1] != 'E' || bytes[2] != 'L' || bytes[3] != 'F' || bytes[4] != 2 || bytes[5] != 1)
        {
            return null;
        }

        return bytes.Length >= HeaderSize ? new ElfImage(bytes) : throw Damaged(HeaderSize);
    }

    /// <summary>The section of a name, or null.</summary>
    public ElfSection? Section(string name) => sections.TryGetValue(name, out var section) ? section : null;

    /// <summary>Elf64_Half.</summary>
    public ushort ReadUInt16(int offset) => BitConverter.ToUInt16(bytes, Check(offset, 2));

    /// <summary>An Elf64_Word that counts bytes within the file.</summary>
    public int ReadIndex(int offset)
    {
        var value = BitConverter.ToUInt32(bytes, Check(offset, 4));
        return value <= bytes.Length ? (int)value : throw Damaged(value);
    }

    /// <summary>Overwrites an Elf64_Half.</summary>
    public void Write(int offset, ushort value)
    {
        Check(offset, 2);
        bytes[offset] = (byte)value;
        bytes[offset + 1] = (byte)(value >> 8);
    }

    /// <summary>Overwrites a string by one that is not longer.</summary>
    public void Write(int offset, string text)
    {
        Check(offset, text.Length + 1);
        Encoding.ASCII.GetBytes(text, 0, text.Length, bytes, offset);
        bytes[offset + text.Length] = 0;
    }

    /// <summary>Whether the NUL-terminated string at an offset is the given one.</summary>
    public bool HasString(int offset, string text)
    {
        Check(offset, 1);
        if (offset + text.Length >= bytes.Length || bytes[offset + text.Length] != 0)
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (bytes[offset + i] != text[i])
            {
                return false;
            }
        }

        return true;
    }

    private int ReadOffset(int offset)
    {
        var value = BitConverter.ToUInt64(bytes, Check(offset, 8));
        return value <= (ulong)bytes.Length ? (int)value : throw Damaged((long)value);
    }

    private string ReadString(int offset)
    {
        var end = Array.IndexOf<byte>(bytes, 0, Check(offset, 1));
        return end >= 0 ? Encoding.ASCII.GetString(bytes, offset, end - offset) : throw Damaged(bytes.Length);
    }

    private int Check(int offset, int length) => offset >= 0 && offset <= bytes.Length - length ? offset : throw Damaged(offset);

    private static FormatException Damaged(long offset) => new($"the ELF file is truncated or damaged: it refers to byte {offset}, which it does not have");
}
