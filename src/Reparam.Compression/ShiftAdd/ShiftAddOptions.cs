using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd;

/// <summary>How a matrix is coded, as the coders take it: the values of a <see cref="ShiftAddAttribute"/>.</summary>
public sealed record ShiftAddOptions
{
    /// <summary>Largest number of rounds.</summary>
    public const int MaxRounds = 100;

    /// <summary>Largest number of sweeps.</summary>
    public const int MaxSweeps = 100;

    /// <summary>Largest size of a group that is not the whole row.</summary>
    public const int MaxGroupSize = 65536;

    /// <summary>Number of sign planes, 1 to 4.</summary>
    public required int Bits { get; init; }

    /// <summary>Which weights share what. Default nested.</summary>
    public ShiftAddLayout Layout { get; init; } = ShiftAddLayout.Nested;

    /// <summary>
    /// Weights that share a set of scales, 1 to 65536, in the block8 layout a multiple of 8; 0 for the whole row, column or eight columns. Default 128.
    /// The nested and the codebook layout have groups of 16 and do not look at it.
    /// </summary>
    public int GroupSize { get; init; } = 128;

    /// <summary>0, the default, for free half-precision scales; 1 to 3 for sums of that many signed powers of two.</summary>
    public int ScaleTerms { get; init; }

    /// <summary>Rounds of scale refit and code reassignment, 0 to 100. Default 20.</summary>
    public int Rounds { get; init; } = 20;

    /// <summary>How much time the coder may take.</summary>
    public CodingQuality Quality { get; init; } = CodingQuality.Default;

    /// <summary>
    /// With calibration: columns are coded in the order of falling second moment of their input, in place, so that the stored form has no permutation. Default
    /// true.
    /// </summary>
    public bool ActOrder { get; init; } = true;

    /// <summary>With calibration: the error of a column is compensated by the columns that are coded later. Default true.</summary>
    public bool Compensate { get; init; } = true;

    /// <summary>
    /// With calibration: rounds of scale refit and coordinate descent over the codes under H, 0 to 100; they end when nothing moves. Null, the default, for
    /// what <see cref="Quality"/> allows.
    /// </summary>
    public int? Sweeps { get; init; }

    /// <summary>Seed of coders that draw samples.</summary>
    public int Seed { get; init; }

    /// <summary>The values of an attribute object.</summary>
    public static ShiftAddOptions Of(ShiftAddAttribute attribute)
    {
        ArgumentNullException.ThrowIfNull(attribute);
        return new ShiftAddOptions
        {
            Bits = attribute.Bits,
            Layout = attribute.Layout,
            GroupSize = attribute.GroupSize,
            ScaleTerms = attribute.ScaleTerms,
            Rounds = attribute.Rounds,
            Quality = attribute.Quality,
            ActOrder = attribute.ActOrder,
            Compensate = attribute.Compensate,
            Sweeps = attribute.Sweeps < 0 ? null : attribute.Sweeps,
            Seed = attribute.Seed,
        };
    }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it, what was found and the range.</exception>
    public void Validate()
    {
        Require("bits", Bits, 1, BinaryCodedMatrix.MaxBits);
        Require("groupSize", GroupSize, 0, MaxGroupSize);
        Require("scaleTerms", ScaleTerms, 0, BinaryCodedMatrix.MaxScaleTerms);
        Require("rounds", Rounds, 0, MaxRounds);
        Require("sweeps", Sweeps ?? 0, 0, MaxSweeps);
        if (Layout == ShiftAddLayout.Block8 && GroupSize % 8 != 0)
        {
            throw new ArgumentException($"groupSize is {GroupSize}; the block8 layout takes multiples of 8");
        }
    }

    private static void Require(string name, int found, int minimum, int maximum)
    {
        if (found < minimum || found > maximum)
        {
            throw new ArgumentException($"{name} is {found}; shiftadd takes {minimum} to {maximum}");
        }
    }
}
