using System;
using System.Globalization;
using System.Linq;

namespace Reparam.Build.Text;

/// <summary>
/// Sizes as people write them: <c>12MB</c>, <c>800KiB</c>, <c>1.5 GiB</c>, <c>123456</c>. One source for the build's tasks and for the command.
/// </summary>
internal static class ByteSize
{
    /// <summary>What a size looks like, for messages.</summary>
    public const string Form = "a number of bytes, or a number with KB, MB, GB, KiB, MiB or GiB";

    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1), ("", 1),
    ];

    /// <summary>
    /// Reads a number, then nothing, B, KB, MB, GB (powers of 1000) or KiB, MiB, GiB (powers of 1024), in upper or lower case; false for any other form and
    /// below one byte.
    /// </summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var trimmed = text.Trim();
        var (unit, factor) = Units.First(unit => trimmed.EndsWith(unit.Unit, StringComparison.OrdinalIgnoreCase));
        var digits = trimmed.Substring(0, trimmed.Length - unit.Length).TrimEnd();
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number >= long.MaxValue / 2 / factor)
        {
            return false;
        }

        bytes = (long)(number * factor);
        return bytes > 0;
    }

    /// <summary>Reads a size.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static long Parse(string text) => TryParse(text, out var bytes) ? bytes : throw new ArgumentException($"'{text}' is no size; a size is {Form}");
}
