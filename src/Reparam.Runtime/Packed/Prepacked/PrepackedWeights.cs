using Reparam.Runtime.LookUp;
using Reparam.Runtime.Packed.Levels;

namespace Reparam.Runtime.Packed;

/// <summary>
/// A coded matrix in the form that a table kernel reads from front to back: blocks of 16 rows, the tables that the kernel needs of an input row, and the
/// kernel. Immutable once built.
/// </summary>
internal abstract unsafe class PrepackedWeights
{
    private readonly LineMemory memory;

    /// <summary>Takes the memory of prepacked weights.</summary>
    /// <param name="rows">Rows of the matrix.</param>
    /// <param name="columns">Columns of the matrix: inputs of a product.</param>
    /// <param name="scaleExponent">e: every weight is multiplied by 2^e.</param>
    /// <param name="blockBytes">Bytes of a block of 16 rows.</param>
    /// <param name="bytes">Bytes of all blocks, one behind the other.</param>
    /// <param name="prepacked">The blocks from a file; null for memory that is still to be written.</param>
    protected PrepackedWeights(int rows, int columns, int scaleExponent, long blockBytes, long bytes, LineMemory? prepacked = null)
    {
        Rows = rows;
        Columns = columns;
        ScaleExponent = scaleExponent;
        BlockBytes = blockBytes;
        Bytes = bytes;
        IsPrepacked = prepacked is not null;
        memory = prepacked ?? PrepackedArena.Take(bytes);
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>e: every weight is multiplied by 2^e.</summary>
    public int ScaleExponent { get; }

    public long BlockBytes { get; }

    public int Blocks => PrepackedLayout.DivideUp(Rows, PrepackedLayout.BlockRows);

    public long Bytes { get; }

    /// <summary>Whether they were read from a file.</summary>
    public bool IsPrepacked { get; }

    /// <summary>First byte, aligned to a cache line; valid while this object is reachable.</summary>
    public byte* Start => memory.Start;

    /// <summary>Names the order of the bytes: prepacked weights of the same matrix with equal keys are equal, so that they may come from a file.</summary>
    public abstract string Key { get; }

    /// <summary>The tables that the kernel needs of an input row.</summary>
    public abstract TablePlan Tables { get; }

    /// <summary>Multiplies one block with the tables of some input rows.</summary>
    public abstract delegate*<in KernelArguments, void> Kernel { get; }

    /// <summary>
    /// Whether the kernel can multiply some segments at a time (<see cref="KernelArguments.Accumulate"/>). All segments of a block then take the same
    /// number of bytes.
    /// </summary>
    public virtual bool Resumes => false;

    /// <summary>Row blocks that the kernel can interleave with one input row, at most.</summary>
    public virtual int InterleavedBlocks => 1;

    /// <summary>How the prepacked weights are multiplied with many input rows; null where it is done by the same kernel.</summary>
    public virtual BatchedForm? Batched => null;

    /// <summary>How the prepacked weights are multiplied with many input rows as whole numbers; null where they are not.</summary>
    public virtual LevelForm? Levels => null;

    /// <summary>Whether a product of so many input rows is looked up; else it is one of levels.</summary>
    public bool LooksUp(int batch) => Levels is not { } levels || batch < levels.MinInputs;

    /// <summary>Sets what does not change from block to block nor from product to product.</summary>
    public abstract void Fill(ref KernelArguments arguments);

    /// <summary>Writes the decoded row by the definition of its layout.</summary>
    /// <param name="row">Row, below <see cref="Rows"/>.</param>
    /// <param name="destination">[columns].</param>
    public abstract void DecodeRow(int row, Span<float> destination);
}
