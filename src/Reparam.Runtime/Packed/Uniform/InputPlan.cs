using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>
/// How input rows become integers. They are rounded to the grid that the model itself gives, or to a grid of their own: for each input row and segment the
/// largest magnitude is <see cref="Steps"/> steps.
/// </summary>
internal abstract class InputPlan
{
    /// <summary>Most steps of an input in a word, and in two planes of bytes, each within ±127.</summary>
    public const int WordSteps = (127 * 256) + 127;

    /// <summary>Most steps of an input in a byte.</summary>
    public const int ByteSteps = 127;

    /// <summary>Columns of the matrix.</summary>
    public abstract int Columns { get; }

    /// <summary>Most input rows of a pass.</summary>
    public abstract int MaxRows { get; }

    /// <summary>T: an input row's own grid has the steps −T to T.</summary>
    public abstract int Steps { get; }

    /// <summary>Planes of an input row: with two of them, in bytes, an input is 256·high + low.</summary>
    public abstract int Planes { get; }

    /// <summary>Whether inputs are bytes, in the order 0, 2, 1, 3; else words.</summary>
    public abstract bool AreBytes { get; }

    /// <summary>
    /// Whether inputs, two words in a double word, lie in the order [segment][rows together][pair of columns][row], so that a kernel reads them from front to
    /// back; else row by row.
    /// </summary>
    public virtual bool AreInterleaved => false;

    /// <summary>The grid of the inputs; null where each row gets its own.</summary>
    public abstract UniformInputs? Inputs { get; }

    /// <summary>The segments of a row.</summary>
    public abstract UniformSegment[] Segments { get; }

    /// <summary>Planes that a kernel takes together where so many are left: at least 1, more than are left where some are padding.</summary>
    public abstract int Together(int left);
}
