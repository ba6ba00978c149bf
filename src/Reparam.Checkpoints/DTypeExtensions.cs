namespace Reparam.Checkpoints;

/// <summary>Names and sizes of element types.</summary>
public static class DTypeExtensions
{
    // In the order of the enumeration.
    private static readonly (string Name, int Bits)[] Types =
    [
        ("BOOL", 8), ("F4", 4), ("F6_E2M3", 6), ("F6_E3M2", 6), ("U8", 8), ("I8", 8), ("F8_E5M2", 8), ("F8_E4M3", 8), ("F8_E8M0", 8),
        ("F8_E4M3FNUZ", 8), ("F8_E5M2FNUZ", 8), ("I16", 16), ("U16", 16), ("F16", 16), ("BF16", 16), ("I32", 32), ("U32", 32), ("F32", 32),
        ("C64", 64), ("F64", 64), ("I64", 64), ("U64", 64),
    ];

    /// <summary>All names, for messages.</summary>
    internal static string AllNames => string.Join(", ", Types.Select(type => type.Name));

    /// <summary>Number of bits of one element, 4 to 64.</summary>
    public static int BitSize(this DType dtype) => Types[(int)dtype].Bits;

    /// <summary>The name in a safetensors header, such as <c>F32</c> or <c>F8_E4M3</c>.</summary>
    public static string FormatName(this DType dtype) => Types[(int)dtype].Name;

    /// <summary>Finds the type of a name in a safetensors header.</summary>
    public static bool TryParse(string name, out DType dtype)
    {
        for (var i = 0; i < Types.Length; i++)
        {
            if (Types[i].Name == name)
            {
                dtype = (DType)i;
                return true;
            }
        }

        dtype = default;
        return false;
    }

    /// <summary>The element type of a .NET type, or null when none fits.</summary>
    internal static DType? Of<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? DType.F32 :
        typeof(T) == typeof(Half) ? DType.F16 :
        typeof(T) == typeof(double) ? DType.F64 :
        typeof(T) == typeof(bool) ? DType.Bool :
        typeof(T) == typeof(byte) ? DType.U8 :
        typeof(T) == typeof(sbyte) ? DType.I8 :
        typeof(T) == typeof(short) ? DType.I16 :
        typeof(T) == typeof(ushort) ? DType.U16 :
        typeof(T) == typeof(int) ? DType.I32 :
        typeof(T) == typeof(uint) ? DType.U32 :
        typeof(T) == typeof(long) ? DType.I64 :
        typeof(T) == typeof(ulong) ? DType.U64 :
        null;
}
