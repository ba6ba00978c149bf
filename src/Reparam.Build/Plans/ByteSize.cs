using System;
using System.Globalization;
using System.Linq;

namespace Reparam.Build.Plans;

/// <summary>Sizes as people write them: <c>12MB</c>, <c>800KiB</c>, <c>123456</c>.</summary>
internal static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1), ("", 1),
    ];

    /// <summary>Reads a number, then nothing, B, KB, MB, GB (powers of 1000) or KiB, MiB, GiB (powers of 1024); false for any other form and below one byte.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var (unit, factor) = Units.First(unit => text.EndsWith(unit.Unit, StringComparison.OrdinalIgnoreCase));
        var digits = text.Substring(0, text.Length - unit.Length).TrimEnd();
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number >= long.MaxValue / 2 / factor)
        {
            return false;
        }

        bytes = (long)(number * factor);
        return bytes > 0;
    }
}
