using System.Globalization;

namespace Reparam.Compression.Allocation;

/// <summary>What a bit plan has to keep to: exactly one of the limits.</summary>
public sealed record AllocationBudget
{
    /// <summary>Maximum stored bits, scales and tables included, per coded weight.</summary>
    public double? TargetBits { get; init; }

    /// <summary>Maximum bytes of all coded weights, tables included.</summary>
    public long? TargetBytes { get; init; }

    /// <summary>Largest relative output error of a layer (relative weight error without calibration): each gets its smallest coding that keeps to it.</summary>
    public double? MaxOutputError { get; init; }

    /// <summary>Checks the limits.</summary>
    /// <exception cref="ArgumentException">None or several of them, or one that is not above 0.</exception>
    public void Validate()
    {
        var given = (TargetBits is null ? 0 : 1) + (TargetBytes is null ? 0 : 1) + (MaxOutputError is null ? 0 : 1);
        if (given != 1)
        {
            throw new ArgumentException($"{given} of target-bits, target-size and max-output-error are given; a plan has one budget");
        }

        RequireAboveZero("target-bits", TargetBits ?? 1);
        RequireAboveZero("target-size", TargetBytes ?? 1);
        RequireAboveZero("max-output-error", MaxOutputError ?? 1);
    }

    /// <summary>Maximum bytes that so many weights may take; the largest number where the budget is none of bytes.</summary>
    public long BytesFor(long weights) =>
        TargetBytes ?? (TargetBits is { } bits ? (long)Math.Min(long.MaxValue / 2, Math.Floor(bits * weights / 8)) : long.MaxValue / 2);

    /// <inheritdoc/>
    public override string ToString() =>
        TargetBits is { } bits ? string.Create(CultureInfo.InvariantCulture, $"{bits} bits a weight")
        : TargetBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes")
        : MaxOutputError is { } error ? string.Create(CultureInfo.InvariantCulture, $"an error of {error} a layer")
        : "no budget";

    private static void RequireAboveZero(string name, double found)
    {
        if (!(found > 0) || !double.IsFinite(found))
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} is {found}; it is a number above 0"));
        }
    }
}
