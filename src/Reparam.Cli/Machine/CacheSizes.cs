using System.Globalization;
using System.Text.Json.Serialization;

namespace Reparam.Cli.Machine;

/// <summary>Sizes of the data caches as one core sees them, in bytes.</summary>
/// <param name="Level1">First level, of a core; 0 when unknown.</param>
/// <param name="Level2">Second level; 0 when unknown.</param>
/// <param name="Level3">Third level, shared with other cores; 0 when unknown.</param>
internal sealed record CacheSizes(long Level1, long Level2, long Level3)
{
    private const long AssumedLevel3 = 32L << 20;

    /// <summary>The machine's caches as the operating system tells them.</summary>
    public static CacheSizes Machine { get; } = Read("/sys/devices/system/cpu/cpu0/cache");

    /// <summary>Bytes to rotate over so that nothing is found in a cache again: more than four times the third level.</summary>
    [JsonIgnore]
    public long ColdBytes => 4 * (Level3 == 0 ? AssumedLevel3 : Level3) + (16L << 20);

    /// <summary>A size as people write it.</summary>
    public static string Format(long bytes) => bytes switch
    {
        0 => "unknown",
        >= 1 << 20 when bytes % (1 << 20) == 0 => $"{bytes >> 20} MiB",
        _ => $"{bytes >> 10} KiB",
    };

    /// <summary>Reads a processor's folder of caches; zeros where it has none.</summary>
    public static CacheSizes Read(string folder)
    {
        var sizes = new long[4];
        if (Directory.Exists(folder))
        {
            foreach (var index in Directory.EnumerateDirectories(folder, "index*"))
            {
                if (Text(index, "type") is "Data" or "Unified" && int.TryParse(Text(index, "level"), CultureInfo.InvariantCulture, out var level)
                    && level is >= 1 and <= 3)
                {
                    sizes[level] = Math.Max(sizes[level], Bytes(Text(index, "size")));
                }
            }
        }

        return new CacheSizes(sizes[1], sizes[2], sizes[3]);
    }

    private static string Text(string folder, string name)
    {
        var file = Path.Combine(folder, name);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : "";
    }

    // "32768K", "32M" or plain bytes.
    private static long Bytes(string size)
    {
        var shift = size.EndsWith('K') ? 10 : size.EndsWith('M') ? 20 : 0;
        return long.TryParse(shift == 0 ? size : size[..^1], CultureInfo.InvariantCulture, out var number) ? number << shift : 0;
    }
}
