using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// How an input row becomes the tables of a kernel, segment by segment. Equal plans make equal tables of equal inputs, so that matrices with the same input
/// share them. Immutable.
/// </summary>
internal abstract unsafe class TablePlan : IEquatable<TablePlan>
{
    /// <summary>Inputs of a row.</summary>
    public abstract int Columns { get; }

    /// <summary>Floats that a row takes once it is brought into prepacked order.</summary>
    public abstract int PaddedColumns { get; }

    /// <summary>Segments of a row.</summary>
    public abstract int Segments { get; }

    /// <summary>Bytes of the tables of one row and segment, a multiple of 64.</summary>
    public abstract int SegmentBytes { get; }

    /// <summary>Input rows whose tables are interleaved: there is space for a multiple of them.</summary>
    public virtual int RowsTogether => 1;

    /// <summary>Exponent that the largest input of a row is brought to before tables are built.</summary>
    public virtual int InputExponent => 0;

    /// <summary>Exponent of the power of two that the kernel's sums lack.</summary>
    public virtual int SumExponent => 0;

    /// <summary>
    /// Brings an input row into prepacked order, times a power of two that gives its largest element the exponent <see cref="InputExponent"/>.
    /// </summary>
    /// <param name="x">[columns].</param>
    /// <param name="padded">[padded columns].</param>
    /// <param name="hasNonFinite">Whether an element is NaN or infinite; zeros are then written.</param>
    /// <returns>e: the row is 2^e times what was written.</returns>
    public int Normalise(ReadOnlySpan<float> x, Span<float> padded, out bool hasNonFinite)
    {
        if (InputRange.Shift(x, InputExponent, out hasNonFinite) is not { } shift)
        {
            padded.Clear();
            return 0;
        }

        Arrange(x, shift, padded);
        return -shift;
    }

    /// <summary>Bytes from the tables of a segment to those of one of its input rows.</summary>
    public virtual nint RowOffset(int input) => (nint)input * SegmentBytes;

    /// <summary>Builds the tables of some segments of one row.</summary>
    /// <param name="padded">[padded columns], normalised.</param>
    /// <param name="first">First segment.</param>
    /// <param name="end">Behind the last segment.</param>
    /// <param name="tables">
    /// Tables of this row's segment 0, aligned to 64 bytes; those of segment s begin s·<paramref name="inputs"/>·<see cref="SegmentBytes"/> later.
    /// </param>
    /// <param name="scales">Scale of this row's segment 0; that of segment s lies s·<paramref name="inputs"/> later.</param>
    /// <param name="inputs">Input rows that tables and scales have space for, a multiple of <see cref="RowsTogether"/>.</param>
    public abstract void Build(float* padded, int first, int end, byte* tables, float* scales, int inputs);

    /// <inheritdoc/>
    public abstract bool Equals(TablePlan? other);

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as TablePlan);

    /// <inheritdoc/>
    public abstract override int GetHashCode();

    /// <summary>Writes a row, times 2^shift, in prepacked order, with zeros as padding.</summary>
    protected abstract void Arrange(ReadOnlySpan<float> x, int shift, Span<float> padded);
}
