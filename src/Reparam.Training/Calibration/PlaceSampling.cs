namespace Reparam.Training;

/// <summary>
/// At how many of its output places a convolution's inputs are looked at. Neighbouring places see nearly the same, so that a random sample of them tells as
/// much for a fraction of the work. Linear layers are not sampled.
/// </summary>
/// <remarks>
/// A recording looks at every place until it has seen n₀ = max(<see cref="MinRows"/>, <see cref="RowsPerInput"/> · inputs) input vectors, so a short one is
/// exact. From then on it looks at n₀ · (1 + ln(n/n₀)) of n in all: each image gives as many places as that leaves it, at least one, drawn without replacement
/// and each with the same chance. An image counts as if every place of it had been looked at, so that H is an unbiased estimate however many images come.
/// Calibration through the network knows how many come, and looks at n₀ of them in all.
/// </remarks>
public sealed record PlaceSampling
{
    /// <summary>Every place of every image.</summary>
    public static PlaceSampling All { get; } = new() { RowsPerInput = int.MaxValue, MinRows = int.MaxValue };

    /// <summary>Input vectors for each input of a layer that are looked at without a choice; at least 1. Default 16.</summary>
    public int RowsPerInput { get; init; } = 16;

    /// <summary>Input vectors of a layer that are looked at without a choice at least; at least 1. Default 4096.</summary>
    public int MinRows { get; init; } = 4096;

    /// <summary>Seed of the choice: the same seed and the same inputs give the same bytes. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its range.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(RowsPerInput, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MinRows, 1);
    }

    /// <summary>Input vectors that are looked at without a choice.</summary>
    /// <param name="columns">Inputs of the layer.</param>
    internal long Exact(int columns) => Math.Max(MinRows, (long)RowsPerInput * columns);

    /// <summary>How many of the next input vectors to look at.</summary>
    /// <param name="columns">Inputs of the layer.</param>
    /// <param name="seen">Input vectors so far.</param>
    /// <param name="next">Input vectors that come.</param>
    internal long Rows(int columns, long seen, long next)
    {
        var exact = (double)Exact(columns);
        return (long)Math.Ceiling(InAll(seen + next) - InAll(seen));

        double InAll(long rows) => rows <= exact ? rows : exact * (1 + Math.Log(rows / exact));
    }

    /// <summary>The source of the choice at one point of a recording.</summary>
    /// <param name="at">Which point.</param>
    internal Random RandomAt(long at) => new((int)(unchecked(((ulong)at + (uint)Seed + 1) * 0x9E3779B97F4A7C15UL) >> 33));
}
