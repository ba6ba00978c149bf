using System.Buffers.Binary;
using System.Text;

namespace Reparam.Build.Tests.NativeRepair;

/// <summary>A small ELF file with the tables that matter to symbol versions, and nothing else.</summary>
internal sealed class SyntheticElf
{
    public const string NewSymbol = "_ZSt21ios_base_library_initv";
    public const string OldSymbol = "_ZNSt8ios_base4InitC1Ev";
    public const string NewVersion = "GLIBCXX_3.4.32";
    public const string OldVersion = "GLIBCXX_3.4";
    public const ushort OldVersionIndex = 7;
    public const ushort NewVersionIndex = 9;

    private readonly List<(string Name, byte[] Data)> sections = [];
    private readonly MemoryStream strings = new([0]);

    public SyntheticElf(bool hasSymbol = true, bool hasOldVersion = true, bool hasVersionTables = true)
    {
        strings = new MemoryStream();
        strings.WriteByte(0);
        string[] symbols = ["memcpy", hasSymbol ? NewSymbol : "strlen", "puts"];
        var table = new byte[24 * (symbols.Length + 1)];
        for (var i = 0; i < symbols.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(table.AsSpan(24 * (i + 1)), Add(symbols[i]));
        }

        // Elf64_Versym: a version a symbol; 0 and 1 are local and global.
        var versions = new byte[2 * (symbols.Length + 1)];
        BinaryPrimitives.WriteUInt16LittleEndian(versions.AsSpan(2 * 2), NewVersionIndex);

        // Elf64_Verneed of libstdc++ with its Elf64_Vernaux entries, behind one of another library.
        string[] needed = hasOldVersion ? [OldVersion, NewVersion] : [NewVersion];
        var need = new byte[32 + 16 + 16 * needed.Length];
        WriteNeed(need, 0, count: 1, next: 32);
        WriteVersion(need, 16, "GLIBC_2.17", index: 3, next: 0);
        WriteNeed(need, 32, count: (ushort)needed.Length, next: 0);
        for (var i = 0; i < needed.Length; i++)
        {
            WriteVersion(need, 48 + 16 * i, needed[i], needed[i] == OldVersion ? OldVersionIndex : NewVersionIndex, i + 1 < needed.Length ? 16u : 0);
        }

        sections.Add(("", []));
        sections.Add((".dynstr", strings.ToArray()));
        sections.Add((".dynsym", table));
        if (hasVersionTables)
        {
            sections.Add((".gnu.version", versions));
            sections.Add((".gnu.version_r", need));
        }

        Image = Lay();
    }

    public byte[] Image { get; private set; }

    public Dictionary<string, int> Offsets { get; } = [];

    private uint Add(string text)
    {
        var offset = (uint)strings.Length;
        strings.Seek(0, SeekOrigin.End);
        strings.Write(Encoding.ASCII.GetBytes(text + "\0"));
        return offset;
    }

    private static void WriteNeed(byte[] need, int at, ushort count, uint next)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(need.AsSpan(at), 1);
        BinaryPrimitives.WriteUInt16LittleEndian(need.AsSpan(at + 2), count);
        BinaryPrimitives.WriteUInt32LittleEndian(need.AsSpan(at + 8), 16);
        BinaryPrimitives.WriteUInt32LittleEndian(need.AsSpan(at + 12), next);
    }

    private void WriteVersion(byte[] need, int at, string name, ushort index, uint next)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(need.AsSpan(at + 6), index);
        BinaryPrimitives.WriteUInt32LittleEndian(need.AsSpan(at + 8), Add(name));
        BinaryPrimitives.WriteUInt32LittleEndian(need.AsSpan(at + 12), next);
    }

    private byte[] Lay()
    {
        var names = new MemoryStream();
        var nameOffsets = new List<uint>();
        foreach (var name in sections.Select(section => section.Name).Append(".shstrtab"))
        {
            nameOffsets.Add((uint)names.Length);
            names.Write(Encoding.ASCII.GetBytes(name + "\0"));
        }

        sections.Add((".shstrtab", names.ToArray()));
        var image = new byte[64 + sections.Sum(section => section.Data.Length) + 64 * sections.Count];
        new byte[] { 0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(image, 0);
        var headers = image.Length - 64 * sections.Count;
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(40), (ulong)headers);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(58), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(60), (ushort)sections.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(62), (ushort)(sections.Count - 1));
        var at = 64;
        for (var i = 0; i < sections.Count; i++)
        {
            sections[i].Data.CopyTo(image, at);
            Offsets[sections[i].Name] = at;
            var header = image.AsSpan(headers + 64 * i);
            BinaryPrimitives.WriteUInt32LittleEndian(header, nameOffsets[i]);
            BinaryPrimitives.WriteUInt64LittleEndian(header[24..], (ulong)at);
            BinaryPrimitives.WriteUInt64LittleEndian(header[32..], (ulong)sections[i].Data.Length);
            at += sections[i].Data.Length;
        }

        return image;
    }
}
