using System.Collections.Immutable;
using Reparam.Checkpoints.Packed;

namespace Reparam.Compression;

/// <summary>A coded weight and what the coding cost.</summary>
/// <param name="Matrix">The coded matrix.</param>
/// <param name="SquaredError">‖W − Q‖², Frobenius.</param>
/// <param name="SquaredNorm">‖W‖².</param>
public sealed record CodedLayer(CodedMatrix Matrix, double SquaredError, double SquaredNorm)
{
    /// <summary>‖X·(W − Q)ᵀ‖² a token over the calibration inputs; null without calibration.</summary>
    public double? SquaredOutputError { get; init; }

    /// <summary>‖X·Wᵀ‖² a token over the same inputs.</summary>
    public double? SquaredOutputNorm { get; init; }

    /// <summary>What the coder could not do as asked, as a warning for the user; null if nothing.</summary>
    public Diagnostics.CompressionProblem? Warning { get; init; }

    /// <summary>What the coder did otherwise than asked, to no harm; null if nothing.</summary>
    public string? Note { get; init; }

    /// <summary>What <c>auto</c> tried, the layout that it took included; empty where the layout was asked for.</summary>
    public ImmutableArray<ShiftAdd.LayoutTrial> Tried { get; init; } = [];
}
