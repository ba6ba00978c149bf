using System;

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

    /// <summary>
    /// Repairs the image of a library in place. False if it needs no repair: the symbol is absent, or it is not a 64-bit little-endian ELF file.
    /// </summary>
    /// <exception cref="FormatException">
    /// The file is truncated or damaged, or needs the repair and its tables are not as expected. The bytes may be half changed.
    /// </exception>
    public static bool TryRepair(byte[] bytes)
    {
        if (ElfImage.Open(bytes) is not { } image || image.Section(".dynstr") is not { } strings || image.Section(".dynsym") is not { } symbols)
        {
            return false;
        }

        if (FindSymbol(image, strings, symbols) is not { } index)
        {
            return false;
        }

        if (image.Section(".gnu.version") is not { } symbolVersions || image.Section(".gnu.version_r") is not { } needed)
        {
            throw new FormatException($"the library names {NewSymbol} but has no symbol version tables");
        }

        var oldVersion = MarkVersions(image, strings, needed);
        image.Write(strings.Offset + image.ReadIndex(symbols.Offset + index * SymbolSize), OldSymbol);
        image.Write(symbolVersions.Offset + index * 2, oldVersion);
        return true;
    }

    private static int? FindSymbol(ElfImage image, ElfSection strings, ElfSection symbols)
    {
        for (var i = 0; i < symbols.Size / SymbolSize; i++)
        {
            if (image.HasString(strings.Offset + image.ReadIndex(symbols.Offset + i * SymbolSize), NewSymbol))
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>Marks the newer version weak and returns the index of the older one in the table of needed versions (Elf64_Verneed, Elf64_Vernaux).</summary>
    private static ushort MarkVersions(ElfImage image, ElfSection strings, ElfSection needed)
    {
        ushort? oldVersion = null;
        var file = needed.Offset;
        while (true)
        {
            var entry = file + image.ReadIndex(file + 8);
            for (var left = image.ReadUInt16(file + 2); left > 0; left--)
            {
                var name = strings.Offset + image.ReadIndex(entry + 8);
                if (image.HasString(name, OldVersion))
                {
                    oldVersion = image.ReadUInt16(entry + 6);
                }
                else if (image.HasString(name, NewVersion))
                {
                    image.Write(entry + 4, (ushort)(image.ReadUInt16(entry + 4) | WeakVersion));
                }

                entry += image.ReadIndex(entry + 12);
            }

            var next = image.ReadIndex(file + 12);
            if (next == 0)
            {
                return oldVersion ?? throw new FormatException($"the library needs {NewVersion} but not {OldVersion}");
            }

            file += next;
        }
    }
}
