using System.Runtime.InteropServices;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// The tables of the input rows of a pass, with a copy of these rows: a later product that needs the same tables of the same inputs finds them built.
/// </summary>
internal sealed unsafe class TableSet
{
    private TablePlan? plan;
    private float[] copy = [];
    private int inputs;
    private int capacity;
    private long[] exponents = [];
    private bool[] hasNonFinite = [];
    private AlignedMemory tables = new(0);
    private AlignedMemory scales = new(0);

    /// <summary>[segment][input row][bytes of a segment], or the order of a plan that interleaves rows.</summary>
    public byte* Tables => tables.Start;

    /// <summary>[segment][input row].</summary>
    public float* Scales => (float*)scales.Start;

    /// <summary>Whether it was built as <paramref name="wanted"/> wants it, of rows with the bits of <paramref name="x"/>.</summary>
    public bool Holds(TablePlan wanted, ReadOnlySpan<float> x, int rows) =>
        plan is not null && rows == inputs && (ReferenceEquals(plan, wanted) || plan.Equals(wanted))
        && MemoryMarshal.Cast<float, int>(x).SequenceEqual(MemoryMarshal.Cast<float, int>(copy.AsSpan(0, x.Length)));

    /// <summary>Takes input rows; the tables are then to be built.</summary>
    /// <param name="wanted">How they are built.</param>
    /// <param name="x">[rows, columns].</param>
    /// <param name="rows">Input rows.</param>
    public void Take(TablePlan wanted, ReadOnlySpan<float> x, int rows)
    {
        // A set without a plan holds nothing: so it stays if memory runs out here.
        plan = null;
        capacity = PrepackedLayout.DivideUp(rows, wanted.RowsTogether) * wanted.RowsTogether;
        Reserve(ref tables, (long)capacity * wanted.Segments * wanted.SegmentBytes);
        Reserve(ref scales, (long)capacity * wanted.Segments * sizeof(float));
        if (copy.Length < x.Length)
        {
            copy = GC.AllocateUninitializedArray<float>(x.Length);
        }

        if (exponents.Length < rows)
        {
            (exponents, hasNonFinite) = (new long[rows], new bool[rows]);
        }

        x.CopyTo(copy);
        (plan, inputs) = (wanted, rows);
    }

    /// <summary>Brings an input row into prepacked order.</summary>
    /// <param name="input">Input row.</param>
    /// <param name="padded">[padded columns].</param>
    public void Normalise(int input, float* padded)
    {
        var row = new ReadOnlySpan<float>(copy, input * plan!.Columns, plan.Columns);
        exponents[input] = plan.Normalise(row, new Span<float>(padded, plan.PaddedColumns), out hasNonFinite[input]);
    }

    /// <summary>Builds the tables of some segments of an input row.</summary>
    public void Build(int input, float* padded, int first, int end) =>
        plan!.Build(padded, first, end, Tables + plan.RowOffset(input), Scales + input, capacity);

    /// <summary>What the sums of an input row and of prepacked weights are multiplied by.</summary>
    public ProductFactor Factor(int input, PrepackedWeights weights) => new(hasNonFinite[input], exponents[input] + plan!.SumExponent + weights.ScaleExponent);

    private static void Reserve(ref AlignedMemory memory, long bytes)
    {
        if (memory.Bytes < bytes)
        {
            memory = new AlignedMemory(bytes);
        }
    }
}
