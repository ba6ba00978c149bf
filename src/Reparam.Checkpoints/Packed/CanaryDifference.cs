namespace Reparam.Checkpoints.Packed;

/// <summary>A row whose output is not that of the canary.</summary>
/// <param name="Row">The row.</param>
/// <param name="Found">What was computed.</param>
/// <param name="Expected">What the file says.</param>
/// <param name="Error">By how much they may differ.</param>
public readonly record struct CanaryDifference(int Row, double Found, double Expected, double Error)
{
    /// <summary>The difference in words.</summary>
    public override string ToString() => FormattableString.Invariant($"found output {Found:g9} in row {Row}, expected {Expected:g9} within {Error:g2}");
}
