using System.Collections.Immutable;

namespace Reparam.Checkpoints.Packed;

/// <summary>The formats that packed files are read with: those of this library, and those that other libraries have registered.</summary>
public static class PackedFormats
{
    private static ImmutableArray<PackedFormat> all = BuiltIn;

    /// <summary>The formats of this library: one line each.</summary>
    private static ImmutableArray<PackedFormat> BuiltIn =>
    [
        BinaryFormat.Row,
        BinaryFormat.Column,
        BinaryFormat.Block8,
        NestedFormat.Instance,
        CodebookFormat.Instance,
        UniformFormat.Instance,
    ];

    /// <summary>All formats, those of this library first, the others in the order of their registration.</summary>
    public static ImmutableArray<PackedFormat> All => ImmutableInterlocked.InterlockedCompareExchange(ref all, default, default);

    /// <summary>Ends of the names of parts in the formats of this library.</summary>
    internal static ImmutableArray<string> BuiltInSuffixes { get; } = SuffixesOf(BuiltIn);

    /// <summary>Ends of the names of parts in all formats.</summary>
    internal static ImmutableArray<string> Suffixes => SuffixesOf(All);

    /// <summary>The format of a name; null when none is registered under it.</summary>
    public static PackedFormat? Find(string name)
    {
        foreach (var format in All)
        {
            if (format.Name == name)
            {
                return format;
            }
        }

        return null;
    }

    /// <summary>Makes a format known to all readers of the process. Registering it again does nothing. Safe on several threads.</summary>
    /// <param name="format">The format.</param>
    /// <returns>The format that is registered under the name.</returns>
    /// <exception cref="ArgumentException">A format of another class has the name, or a suffix does not begin with a dot.</exception>
    public static PackedFormat Register(PackedFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        if (format.Suffixes.IsDefaultOrEmpty || format.Suffixes.Any(static suffix => suffix.Length < 2 || suffix[0] != '.'))
        {
            throw new ArgumentException(
                $"the format '{format.Name}' ({format.GetType()}) has the suffixes [{string.Join(", ", format.Suffixes.IsDefault ? [] : format.Suffixes)}], "
                    + "expected one or more, each a dot and a name",
                nameof(format));
        }

        ImmutableInterlocked.Update(
            ref all,
            static (known, added) => known.FirstOrDefault(other => other.Name == added.Name) is not { } other ? known.Add(added)
                : other.Equals(added) ? known
                : throw new ArgumentException($"the format name '{added.Name}' of {added.GetType()} is taken by {other.GetType()}", nameof(format)),
            format);
        return Find(format.Name)!;
    }

    private static ImmutableArray<string> SuffixesOf(ImmutableArray<PackedFormat> formats) =>
        [.. formats.SelectMany(static format => format.Suffixes).Distinct()];
}
