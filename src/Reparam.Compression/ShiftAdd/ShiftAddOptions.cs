using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd;

/// <summary>How a matrix is coded. The defaults are those of <c>ShiftAddAttribute</c>.</summary>
public sealed record ShiftAddOptions
{
    /// <summary>Largest number of rounds.</summary>
    public const int MaxRounds = 100;

    /// <summary>Largest size of a group that is not the whole row.</summary>
    public const int MaxGroupSize = 65536;

    /// <summary>Number of sign planes, 1 to 4.</summary>
    public required int Bits { get; init; }

    /// <summary>Neighbouring columns that share a set of scales, 1 to 65536; 0 for the whole row. Default 128.</summary>
    public int GroupSize { get; init; } = 128;

    /// <summary>0, the default, for free half-precision scales; 1 to 3 for sums of that many signed powers of two.</summary>
    public int ScaleTerms { get; init; }

    /// <summary>Rounds of scale refit and code reassignment, 0 to 100. Default 20.</summary>
    public int Rounds { get; init; } = 20;

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it, what was found and the range.</exception>
    public void Validate()
    {
        Require("bits", Bits, 1, BinaryCodedMatrix.MaxBits);
        Require("groupSize", GroupSize, 0, MaxGroupSize);
        Require("scaleTerms", ScaleTerms, 0, BinaryCodedMatrix.MaxScaleTerms);
        Require("rounds", Rounds, 0, MaxRounds);
    }

    private static void Require(string name, int found, int minimum, int maximum)
    {
        if (found < minimum || found > maximum)
        {
            throw new ArgumentException($"{name} is {found}; shiftadd takes {minimum} to {maximum}");
        }
    }
}
