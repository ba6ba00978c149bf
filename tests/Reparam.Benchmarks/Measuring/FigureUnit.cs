using System.Globalization;

namespace Reparam.Benchmarks.Measuring;

/// <summary>What a figure counts.</summary>
internal enum FigureUnit
{
    /// <summary>Share of the read probe.</summary>
    Share,

    /// <summary>Time of the other over time of the product, or of one product over another.</summary>
    Ratio,

    /// <summary>10⁹ operations a second.</summary>
    GigaOperations,

    /// <summary>Relative error, 2-norm.</summary>
    Error,
}

/// <summary>Figures as text.</summary>
internal static class FigureUnitExtensions
{
    /// <summary>A figure with its unit.</summary>
    public static string Format(this FigureUnit unit, double value) => unit switch
    {
        FigureUnit.Share => value.ToString("0%", CultureInfo.InvariantCulture),
        FigureUnit.Ratio => value.ToString("0.00", CultureInfo.InvariantCulture) + "x",
        FigureUnit.GigaOperations => value.ToString("0", CultureInfo.InvariantCulture) + " GFLOP/s",
        _ => value.ToString("0.0E-0", CultureInfo.InvariantCulture).Replace('E', 'e'),
    };
}
