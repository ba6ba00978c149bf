using Reparam.Compression.Numerics;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>What all row tiles of a matrix share.</summary>
internal sealed record BlockJob
{
    /// <summary>How scales are shared.</summary>
    public required ScaleBlocks Blocks { get; init; }

    /// <summary>The layout, whatever the options have.</summary>
    public required ShiftAddLayout Layout { get; init; }

    /// <summary>Bits and the rest.</summary>
    public required ShiftAddAttribute Options { get; init; }

    /// <summary>What scales can be.</summary>
    public required ScaleGrid Grid { get; init; }

    /// <summary>Range of the weights.</summary>
    public required Normalization Normalization { get; init; }

    /// <summary>The column at each place of a row tile; blocks keep their places.</summary>
    public required int[] ColumnAt { get; init; }

    /// <summary>How many rounds each step makes.</summary>
    public required CodingEffort Effort { get; init; }

    /// <summary>H by places, damped and scaled, [columns, columns]; null codes by weight error alone.</summary>
    public float[]? Hessian { get; init; }

    /// <summary>What was added to the diagonal; 0 where the damped error is to be measured too.</summary>
    public double Damping { get; init; }

    /// <summary>The factor in the order of coding; null where errors are not compensated.</summary>
    public Compensation? Compensation { get; init; }

    /// <summary>What errors of each column in the order of coding weigh in the first fit of scales, one array a start.</summary>
    public float[][] FitWeights { get; init; } = [];

    /// <summary>Block columns in the order of coding.</summary>
    public int[] BlockOrder { get; init; } = [];

    /// <summary>What errors of each block in this order cost when later ones compensate, [width, width].</summary>
    public float[][] CostBlocks { get; init; } = [];
}
