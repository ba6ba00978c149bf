using System;
using System.Collections.Generic;
using System.Text;

namespace Reparam.Build.NativeRepair;

/// <summary>
/// Makes TorchSharp's native library load where the C++ run-time is older than GCC 13 (Debian 12, Ubuntu 22.04, RHEL 9).
/// </summary>
/// <remarks>
/// The library asks for version GLIBCXX_3.4.32 because of exactly one symbol, <c>std::ios_base_library_init()</c>, which only forces the
/// standard streams to be initialised. The constructor <c>std::ios_base::Init::Init()</c> does the same in every C++ run-time, so the
/// symbol is renamed in place (the new name is shorter), bound to GLIBCXX_3.4, and the newer version is marked weak. No byte moves.
/// </remarks>
internal static class GlibcxxRepair
{
    private const string NewSymbol = "_ZSt21ios_base_library_initv";
    private const string OldSymbol = "_ZNSt8ios_base4InitC1Ev";
    private const string NewVersion = "GLIBCXX_3.4.32";
    private const string OldVersion = "GLIBCXX_3.4";
    private const ushort WeakVersion = 0x2; // VER_FLG_WEAK
    private const int SymbolSize = 24;      // Elf64_Sym

    /// <summary>Repairs the image of an ELF file in place. False if it needs no repair (the symbol is absent, or it is not a 64-bit little-endian ELF file).</summary>
    /// <exception cref="FormatException">It needs the repair and its tables are not as expected.</exception>
    public static bool TryRepair(byte[] image)
    {
        if (image.Length < 64 || image[0] != 0x7F || image[1] != 'E' || image[2] != 'L' || image[3] != 'F' || image[4] != 2 || image[5] != 1)
        {
            return false;
        }

        var sections = ReadSections(image);
        if (!sections.TryGetValue(".dynstr", out var strings) || !sections.TryGetValue(".dynsym", out var symbols))
        {
            return false;
        }

        if (FindSymbol(image, strings, symbols) is not { } index)
        {
            return false;
        }

        if (!sections.TryGetValue(".gnu.version", out var symbolVersions) || !sections.TryGetValue(".gnu.version_r", out var needed))
        {
            throw new FormatException($"the library names {NewSymbol} but has no symbol version tables");
        }

        var oldVersion = MarkVersions(image, strings, needed);
        var nameOffset = strings.Offset + (int)BitConverter.ToUInt32(image, symbols.Offset + index * SymbolSize);
        var name = Encoding.ASCII.GetBytes(OldSymbol + "\0");
        Buffer.BlockCopy(name, 0, image, nameOffset, name.Length);
        Write(image, symbolVersions.Offset + index * 2, oldVersion);
        return true;
    }

    private static int? FindSymbol(byte[] image, Section strings, Section symbols)
    {
        for (var i = 0; i < symbols.Size / SymbolSize; i++)
        {
            var name = strings.Offset + (int)BitConverter.ToUInt32(image, symbols.Offset + i * SymbolSize);
            if (HasString(image, name, NewSymbol))
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>Marks the newer version weak and returns the index of the older one in the table of needed versions (Elf64_Verneed, Elf64_Vernaux).</summary>
    private static ushort MarkVersions(byte[] image, Section strings, Section needed)
    {
        ushort? oldVersion = null;
        var file = needed.Offset;
        while (true)
        {
            var entry = file + (int)BitConverter.ToUInt32(image, file + 8);
            for (var left = BitConverter.ToUInt16(image, file + 2); left > 0; left--)
            {
                var name = strings.Offset + (int)BitConverter.ToUInt32(image, entry + 8);
                if (HasString(image, name, OldVersion))
                {
                    oldVersion = BitConverter.ToUInt16(image, entry + 6);
                }
                else if (HasString(image, name, NewVersion))
                {
                    Write(image, entry + 4, (ushort)(BitConverter.ToUInt16(image, entry + 4) | WeakVersion));
                }

                entry += (int)BitConverter.ToUInt32(image, entry + 12);
            }

            var next = (int)BitConverter.ToUInt32(image, file + 12);
            if (next == 0)
            {
                return oldVersion ?? throw new FormatException($"the library needs {NewVersion} but not {OldVersion}");
            }

            file += next;
        }
    }

    private static Dictionary<string, Section> ReadSections(byte[] image)
    {
        var headers = (int)BitConverter.ToUInt64(image, 40);
        int size = BitConverter.ToUInt16(image, 58), count = BitConverter.ToUInt16(image, 60), namesIndex = BitConverter.ToUInt16(image, 62);
        Section At(int i) => new(
            (int)BitConverter.ToUInt64(image, headers + i * size + 24),
            (int)BitConverter.ToUInt64(image, headers + i * size + 32));

        var names = At(namesIndex);
        var sections = new Dictionary<string, Section>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            sections[ReadString(image, names.Offset + (int)BitConverter.ToUInt32(image, headers + i * size))] = At(i);
        }

        return sections;
    }

    private static bool HasString(byte[] image, int offset, string text)
    {
        if (offset < 0 || offset + text.Length >= image.Length || image[offset + text.Length] != 0)
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (image[offset + i] != text[i])
            {
                return false;
            }
        }

        return true;
    }

    private static string ReadString(byte[] image, int offset) =>
        Encoding.ASCII.GetString(image, offset, Array.IndexOf<byte>(image, 0, offset) - offset);

    private static void Write(byte[] image, int offset, ushort value)
    {
        image[offset] = (byte)value;
        image[offset + 1] = (byte)(value >> 8);
    }

    private readonly struct Section(int offset, int size)
    {
        public int Offset { get; } = offset;

        public int Size { get; } = size;
    }
}
