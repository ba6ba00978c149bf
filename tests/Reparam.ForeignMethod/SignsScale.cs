namespace Reparam.ForeignMethod;

/// <summary>How the scale of a row is found.</summary>
public enum SignsScale
{
    /// <summary>The mean magnitude: least squares.</summary>
    Mean,

    /// <summary>The median magnitude.</summary>
    Median,
}
