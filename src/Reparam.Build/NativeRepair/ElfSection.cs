namespace Reparam.Build.NativeRepair;

/// <summary>Where a section of an ELF file lies.</summary>
internal readonly struct ElfSection(int offset, int size)
{
    /// <summary>First byte, from the start of the file.</summary>
    public int Offset { get; } = offset;

    /// <summary>Number of bytes.</summary>
    public int Size { get; } = size;
}
