using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>What a kernel needs to multiply one row block with the tables of some input rows.</summary>
internal unsafe struct KernelArguments
{
    /// <summary>First unit of the row block.</summary>
    public byte* Weights;

    /// <summary>Tables, [segment][input row][bytes of a segment].</summary>
    public byte* Tables;

    /// <summary>What a unit step of a table stands for, [segment][input row]. Not used by the exact kernels.</summary>
    public float* TableScales;

    /// <summary>
    /// Out: the products, [input row][16 rows], without the common power of two. With <see cref="Accumulate"/> also in: those of the segments before.
    /// </summary>
    public float* Sums;

    /// <summary>
    /// Whether the products are added to what <see cref="Sums"/> holds. Only for kernels of prepacked weights that say
    /// <see cref="PrepackedWeights.Resumes"/>.
    /// </summary>
    public bool Accumulate;

    /// <summary>How many bytes ahead of what it reads a kernel asks for the prepacked weights, when there are several input rows.</summary>
    public nint ReadAhead;

    /// <summary>
    /// Row blocks to interleave with a single input row, their sums one behind the other; 0 or 1 for one. At most
    /// <see cref="PrepackedWeights.InterleavedBlocks"/>. For a batched kernel those to multiply together, 1 to <see cref="BatchedForm.Blocks"/>.
    /// </summary>
    public int Blocks;

    /// <summary>Bytes from one of these blocks to the next; they need not be neighbours.</summary>
    public nint BlockDistance;

    /// <summary>What else the kernel of a layout reads, such as the profiles of nested weights; null when it needs nothing.</summary>
    public void* Extra;

    /// <summary>Segments to multiply, at least 1.</summary>
    public int Segments;

    /// <summary>Sign planes.</summary>
    public int Bits;

    /// <summary>Input rows, at least 1.</summary>
    public int Inputs;

    /// <summary>Whether the scales are single precision. Otherwise they are halves, which kernels widen without the factor 2^112 that is their due.</summary>
    public bool FloatScales;
}
