namespace Reparam.Checkpoints.Packed;

/// <summary>
/// A matrix in overlapped codebooks: w[r,k] = 2^e · S · f · Σ C_i[n_i[r,t]][k − t·stride_i] over the stages i and the positions t of the same super-block with
/// 0 ≤ k − t·stride_i &lt; span_i. C_i are 16 vectors of small integers, n_i 4-bit indices, S is the super-scale of a larger block and f the set's step. What
/// of a vector lies past the end of its super-block counts for nothing.
/// </summary>
public sealed class CodebookMatrix : PlanesMatrix
{
    /// <summary>Takes the parts of a coded matrix; they are kept, not copied.</summary>
    /// <param name="rows">Number of rows (outputs), at least 1.</param>
    /// <param name="columns">Number of columns (inputs), at least 1.</param>
    /// <param name="set">The learned vectors.</param>
    /// <param name="superRows">Rows of a block that shares a super-scale, at least 1.</param>
    /// <param name="superColumns">Columns of that block: a multiple of the set's largest stride.</param>
    /// <param name="scaleExponent">e: every super-scale is multiplied by 2^e.</param>
    /// <param name="indices">
    /// Stage after stage [rows, ⌈⌈columns/stride⌉/2⌉]: byte j holds the index of position 2j in its low half and of position 2j + 1 in its high half, 0 past
    /// the last position.
    /// </param>
    /// <param name="superScales">[⌈rows/superRows⌉, ⌈columns/superColumns⌉], finite and not negative.</param>
    /// <exception cref="ArgumentException">A value is out of range, or a length does not fit the shape.</exception>
    public CodebookMatrix(
        int rows, int columns, CodebookSet set, int superRows, int superColumns, int scaleExponent,
        ReadOnlyMemory<byte> indices, ReadOnlyMemory<Half> superScales)
        : base(rows, columns, set.Bits, scaleExponent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(superRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(superColumns, set.Alignment);
        if (superColumns % set.Alignment != 0)
        {
            throw new ArgumentException($"superColumns is {superColumns}; it is a multiple of the largest stride, {set.Alignment}", nameof(superColumns));
        }

        Set = set;
        SuperRows = superRows;
        SuperColumns = superColumns;
        Indices = indices;
        SuperScales = superScales;
        RequireLength(nameof(indices), indices.Length, IndexBytes(rows, columns, set.Stages));
        RequireLength(nameof(superScales), superScales.Length, (long)DivideUp(rows, superRows) * SuperBlocks);
    }

    /// <inheritdoc/>
    public override CodebookFormat Format => CodebookFormat.Instance;

    /// <summary>The learned vectors.</summary>
    public CodebookSet Set { get; }

    /// <summary>Rows of a block that shares a super-scale.</summary>
    public int SuperRows { get; }

    /// <summary>Columns of that block.</summary>
    public int SuperColumns { get; }

    /// <summary>Indices, stage after stage [rows, bytes].</summary>
    public ReadOnlyMemory<byte> Indices { get; }

    /// <summary>Super-scales, [row blocks, column blocks].</summary>
    public ReadOnlyMemory<Half> SuperScales { get; }

    /// <summary>Super-scales side by side in a row.</summary>
    public int SuperBlocks => DivideUp(Columns, SuperColumns);

    /// <inheritdoc/>
    public override long StoredBytes => Indices.Length + 2L * SuperScales.Length;

    /// <inheritdoc/>
    public override CodedTable StoredTable => Set.Stored;

    /// <summary>Bytes of the indices of a matrix.</summary>
    public static long IndexBytes(int rows, int columns, IReadOnlyList<CodebookStage> stages) => rows * stages.Sum(stage => (long)stage.BytesPerRow(columns));

    /// <summary>The indices of a stage, [rows, bytes].</summary>
    public ReadOnlySpan<byte> StageIndices(int stage)
    {
        var start = 0L;
        for (var i = 0; i < stage; i++)
        {
            start += (long)Rows * Set.Stages[i].BytesPerRow(Columns);
        }

        return Indices.Span.Slice((int)start, Rows * Set.Stages[stage].BytesPerRow(Columns));
    }

    /// <summary>S·f of a row's super-block as a float: what one unit of the vectors stands for there, without the factor 2^e.</summary>
    public float Unit(int row, int superBlock) => (float)SuperScales.Span[row / SuperRows * SuperBlocks + superBlock] * Set.Step;

    /// <summary>
    /// Writes the decoded row. The value is defined exactly: the super-scale as a float times the step, rounded; times the integer, rounded; times 2^e.
    /// </summary>
    /// <param name="row">Row, 0 to <see cref="CodedMatrix.Rows"/> − 1.</param>
    /// <param name="destination">[columns].</param>
    public override void DecodeRow(int row, Span<float> destination)
    {
        AddVectors(row, destination[..Columns]);
        for (var block = 0; block < SuperBlocks; block++)
        {
            var unit = Unit(row, block);
            var end = (int)Math.Min(Columns, (block + 1L) * SuperColumns);
            for (var k = block * SuperColumns; k < end; k++)
            {
                destination[k] = MathF.ScaleB(unit * destination[k], ScaleExponent);
            }
        }
    }

    /// <summary>
    /// Σ over stages and positions of 2^e·S·f times the stage's largest sum of absolute elements of a vector: the vectors that meet in a weight may cancel.
    /// </summary>
    /// <param name="row">Row, 0 to <see cref="CodedMatrix.Rows"/> − 1.</param>
    public override double Amplitude(int row)
    {
        var sum = 0.0;
        for (var block = 0; block < SuperBlocks; block++)
        {
            var columns = Math.Min(SuperColumns, Columns - (block * SuperColumns));
            var unit = Math.ScaleB((double)Unit(row, block), ScaleExponent);
            for (var stage = 0; stage < Set.Stages.Count; stage++)
            {
                sum += (double)Set.Stages[stage].Positions(columns) * unit * Set.MaxVectorSum(stage);
            }
        }

        return sum;
    }

    // Floats hold the integers exactly: they stay below 2^17.
    private void AddVectors(int row, Span<float> sums)
    {
        sums.Clear();
        for (var i = 0; i < Set.Stages.Count; i++)
        {
            var stage = Set.Stages[i];
            var bytes = stage.BytesPerRow(Columns);
            var indices = StageIndices(i).Slice(row * bytes, bytes);
            var vectors = Set.Vectors(i);
            for (var position = 0; position < stage.Positions(Columns); position++)
            {
                var begin = position * stage.Stride;
                var end = (int)Math.Min(Math.Min(Columns, begin + (long)stage.Span), (begin / SuperColumns + 1L) * SuperColumns);
                var vector = vectors.Slice(((indices[position / 2] >> (position % 2 * 4)) & 15) * stage.Span, stage.Span);
                for (var k = begin; k < end; k++)
                {
                    sums[k] += vector[k - begin];
                }
            }
        }
    }
}
