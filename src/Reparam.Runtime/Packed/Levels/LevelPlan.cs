using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed.Uniform;

namespace Reparam.Runtime.Packed.Levels;

/// <summary>How the inputs of a product of levels become words: with a scale for each input row and segment.</summary>
internal sealed class LevelPlan : InputPlan
{
    // The integers of the input rows of a pass are a share of the second cache.
    private const int PassBytes = 512 << 10;
    private const int FewestRows = 32;
    private const int MostRows = 256;

    private readonly int most;

    /// <summary>Plans the products of a matrix.</summary>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="segments">The segments of a row.</param>
    /// <param name="most">Input rows that a kernel takes together, at most: a power of two.</param>
    public LevelPlan(int columns, UniformSegment[] segments, int most)
    {
        (Columns, Segments, this.most) = (columns, segments, most);
        MaxRows = Math.Clamp(PassBytes / (sizeof(short) * columns), FewestRows, MostRows);
    }

    public override int Columns { get; }

    public override int MaxRows { get; }

    public override int Steps => WordSteps;

    public override int Planes => 1;

    public override bool AreBytes => false;

    public override bool AreInterleaved => true;

    public override UniformInputs? Inputs => null;

    public override UniformSegment[] Segments { get; }

    public override int Together(int left)
    {
        var count = most;
        while (count / 2 >= left)
        {
            count /= 2;
        }

        return count;
    }
}
