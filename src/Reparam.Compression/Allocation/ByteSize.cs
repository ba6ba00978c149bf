using System.Globalization;

namespace Reparam.Compression.Allocation;

/// <summary>Sizes as people write them: <c>12MB</c>, <c>800KiB</c>, <c>1.5 GiB</c>, <c>123456</c>.</summary>
public static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1), ("", 1),
    ];

    /// <summary>Reads a size: a number, then nothing, B, KB, MB, GB (powers of 1000) or KiB, MiB, GiB (powers of 1024), in upper or lower case.</summary>
    /// <exception cref="ArgumentException">Another form, not a whole byte or more, or too large.</exception>
    public static long Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        var (unit, factor) = Units.First(unit => trimmed.EndsWith(unit.Unit, StringComparison.OrdinalIgnoreCase));
        var isNumber = decimal.TryParse(trimmed[..^unit.Length].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        return isNumber && number < long.MaxValue / 2 / factor && number * factor >= 1
            ? (long)(number * factor)
            : throw new ArgumentException($"'{text}' is no size; a size is a number of bytes, or a number with KB, MB, GB, KiB, MiB or GiB");
    }
}
