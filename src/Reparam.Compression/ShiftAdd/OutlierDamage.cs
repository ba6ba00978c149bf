namespace Reparam.Compression.ShiftAdd;

/// <summary>What a coding makes of the outliers of a matrix and of the rows beside them.</summary>
/// <param name="Lost">Largest share of its value that an outlier loses.</param>
/// <param name="LostPlace">That outlier, row-major.</param>
/// <param name="Factor">
/// Relative error of the worst row that shares scales with an outlier, the outlier itself left out, over the usual one; 0 where there is no other row.
/// </param>
/// <param name="Row">That row.</param>
/// <param name="Cause">The outlier beside it, row-major.</param>
/// <param name="Usual">Relative error of the median row that shares no scales with an outlier; 0 where there is none.</param>
internal readonly record struct OutlierDamage(double Lost, long LostPlace, double Factor, int Row, long Cause, double Usual)
{
    /// <summary>An outlier may lose so much of its value.</summary>
    public const double LargestLoss = 0.5;

    /// <summary>A row beside an outlier may have so many times the error of the others.</summary>
    public const double LargestFactor = 3;

    /// <summary>Whether neither bound is exceeded.</summary>
    public bool IsSmall => Score <= 1;

    /// <summary>The worse of the two, in units of its bound.</summary>
    public double Score => Math.Max(Lost / LargestLoss, Factor / LargestFactor);
}
