namespace Reparam.Merging;

/// <summary>Which elements of a sequence are its largest by magnitude, as a rule that looks at one element alone.</summary>
public readonly struct MagnitudeCut
{
    private readonly double threshold;
    private readonly long lastOfEqual;

    /// <summary>Takes all above a magnitude, and of those that equal it the ones up to an index.</summary>
    /// <param name="threshold">The smallest magnitude that is taken.</param>
    /// <param name="lastOfEqual">The last index at which an element of that magnitude is taken.</param>
    internal MagnitudeCut(double threshold, long lastOfEqual)
    {
        this.threshold = threshold;
        this.lastOfEqual = lastOfEqual;
    }

    /// <summary>Takes every element.</summary>
    public static MagnitudeCut All { get; } = new(0, long.MaxValue);

    /// <summary>Whether an element is taken.</summary>
    /// <param name="value">The element.</param>
    /// <param name="index">Its index in the tensor.</param>
    public bool Takes(double value, long index)
    {
        var magnitude = Math.Abs(value);
        return magnitude > threshold || (magnitude == threshold && index <= lastOfEqual);
    }
}
