using System.Runtime.InteropServices;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Numerics;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// One matrix on its way into codes. A block is a range of rows; within it, groups of equal length are taken a vector's width at a time and laid
/// side by side, so that each lane holds a group.
/// </summary>
/// <typeparam name="T">The vector.</typeparam>
internal sealed unsafe class EncodingJob<T>
    where T : unmanaged, ILanes<T>
{
    private const int WeightsOfBlock = 1 << 15;

    private readonly ReadOnlyMemory<float> weights;
    private readonly int rows;
    private readonly int columns;
    private readonly ShiftAddAttribute options;
    private readonly Normalization normalization;
    private readonly int groupSize;
    private readonly int groups;
    private readonly int wordsPerRow;
    private readonly int rowsOfBlock;
    private readonly uint[] codes;
    private readonly Half[] scales;
    private readonly byte[] terms;

    // Per row, added up in order at the end.
    private readonly double[] errors;
    private readonly double[] norms;

    public EncodingJob(ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddAttribute options, Normalization normalization)
    {
        this.weights = weights;
        this.rows = rows;
        this.columns = columns;
        this.options = options;
        this.normalization = normalization;
        groupSize = options.GroupSize == 0 ? columns : Math.Min(options.GroupSize, columns);
        groups = (columns + groupSize - 1) / groupSize;
        wordsPerRow = (columns + 31) / 32;

        // A block fills the lanes also where a row is a single group.
        rowsOfBlock = Math.Max(WeightsOfBlock / columns, (T.Count + groups - 1) / groups);
        codes = new uint[checked(options.Bits * rows * wordsPerRow)];
        var numberOfScales = checked(rows * groups * options.Bits);
        scales = options.ScaleTerms == 0 ? new Half[numberOfScales] : [];
        terms = new byte[checked(numberOfScales * options.ScaleTerms)];
        errors = new double[rows];
        norms = new double[rows];
    }

    /// <summary>Number of blocks.</summary>
    public int Blocks => (rows + rowsOfBlock - 1) / rowsOfBlock;

    /// <summary>The coded matrix, once every block is done.</summary>
    public EncodedMatrix Result()
    {
        var matrix = new BinaryCodedMatrix(
            rows, columns, options.Bits, options.GroupSize, normalization.ScaleExponent, codes, scales, terms, options.ScaleTerms);
        var exponent = 2 * normalization.ScaleExponent;
        return new EncodedMatrix(matrix, Math.ScaleB(errors.Sum(), exponent), Math.ScaleB(norms.Sum(), exponent));
    }

    /// <summary>Workspace of a thread: the groups one below the other and side by side, and their scales.</summary>
    public nint AllocateWorkspace() =>
        (nint)NativeMemory.AlignedAlloc((nuint)T.Count * sizeof(float) * (nuint)(2 * groupSize + GroupFit<T>.Ends * BinaryCodedMatrix.MaxBits), 64);

    /// <summary>Frees a workspace.</summary>
    public static void FreeWorkspace(nint workspace) => NativeMemory.AlignedFree((void*)workspace);

    /// <summary>Codes one block of rows.</summary>
    public nint Encode(int block, ParallelLoopState state, nint workspace)
    {
        var firstRow = block * rowsOfBlock;
        var rowsHere = Math.Min(rowsOfBlock, rows - firstRow);
        var fullGroups = columns / groupSize;
        EncodeGroups(firstRow, rowsHere, 0, fullGroups, groupSize, (float*)workspace);
        if (fullGroups < groups)
        {
            EncodeGroups(firstRow, rowsHere, fullGroups, 1, columns - fullGroups * groupSize, (float*)workspace);
        }

        return workspace;
    }

    // The groups [firstGroup, firstGroup + number) of each row, all of one length.
    private void EncodeGroups(int firstRow, int rowsHere, int firstGroup, int number, int length, float* workspace)
    {
        var total = rowsHere * number;
        var writer = new MagnitudeWriter(normalization);
        var untransposed = (int*)workspace + (nint)groupSize * T.Count;
        var fitted = workspace + 2 * (nint)groupSize * T.Count;
        var units = stackalloc float[T.Count];
        var indices = stackalloc int[BinaryCodedMatrix.MaxBits * T.Count];
        Span<float> groupScales = stackalloc float[BinaryCodedMatrix.MaxBits];
        groupScales = groupScales[..options.Bits];
        for (var start = 0; start < total; start += T.Count)
        {
            // Lanes that are left over repeat the last group.
            var lanes = Math.Min(T.Count, total - start);
            for (var lane = 0; lane < T.Count; lane++)
            {
                var (row, group) = Place(firstRow, firstGroup, number, Math.Min(start + lane, total - 1));
                units[lane] = writer.Write(Row(row).Slice(group * groupSize, length), untransposed + (nint)lane * length);
            }

            MagnitudeWriter.Transpose(untransposed, T.Count, length, (int*)workspace);
            var magnitudes = new CountedMagnitudes<T>(workspace, length);
            new GroupFit<T>(magnitudes, options).Solve(fitted);
            if (options.ScaleTerms == 0)
            {
                for (var bit = 0; bit < options.Bits; bit++)
                {
                    HalfPrecision<T>.Round(T.Load(fitted + bit * T.Count) * T.Load(units)).Store(fitted + bit * T.Count);
                }
            }
            else
            {
                FitTerms(magnitudes, units, fitted, indices);
            }

            for (var lane = 0; lane < lanes; lane++)
            {
                var (row, group) = Place(firstRow, firstGroup, number, start + lane);
                if (options.ScaleTerms == 0)
                {
                    StoreHalves(fitted + lane, row, group, groupScales);
                }
                else
                {
                    StoreTerms(indices + lane, row, group, groupScales);
                }

                WritePlanes(row, group, length, groupScales);
            }
        }
    }

    private static (int Row, int Group) Place(int firstRow, int firstGroup, int number, int index) =>
        (firstRow + index / number, firstGroup + index % number);

    private ReadOnlySpan<float> Row(int row) => weights.Span.Slice(row * columns, columns);

    private void StoreHalves(float* lane, int row, int group, Span<float> groupScales)
    {
        for (var bit = 0; bit < groupScales.Length; bit++)
        {
            groupScales[bit] = lane[bit * T.Count];
        }

        // Rounding up may take a weight near the end of the range of float beyond it.
        while (Sum(groupScales) > normalization.LargestLevel)
        {
            groupScales[0] = (float)Half.BitDecrement((Half)groupScales[0]);
            groupScales.Sort(static (left, right) => right.CompareTo(left));
        }

        var place = (row * groups + group) * options.Bits;
        for (var bit = 0; bit < groupScales.Length; bit++)
        {
            scales[place + bit] = (Half)groupScales[bit];
        }
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum;
    }

    // Leaves the places on the grid of normalized weights.
    private void FitTerms(CountedMagnitudes<T> magnitudes, float* units, float* fitted, int* indices)
    {
        var grid = PowerOfTwoGrid.Of(options.ScaleTerms);
        var zeros = stackalloc int[T.Count];
        var largest = stackalloc float[T.Count];
        for (var lane = 0; lane < T.Count; lane++)
        {
            zeros[lane] = grid.ZeroIndex - grid.Octaves(Math.ILogB(units[lane]));
            largest[lane] = (float)(normalization.LargestLevel / units[lane]);
        }

        new PowerOfTwoFit<T>(magnitudes, options, zeros, T.Load(largest)).Fit(fitted, indices);
        for (var place = 0; place < options.Bits * T.Count; place++)
        {
            indices[place] += grid.ZeroIndex - zeros[place % T.Count];
        }
    }

    private void StoreTerms(int* lane, int row, int group, Span<float> groupScales)
    {
        Span<int> indices = stackalloc int[BinaryCodedMatrix.MaxBits];
        indices = indices[..groupScales.Length];
        for (var bit = 0; bit < indices.Length; bit++)
        {
            indices[bit] = lane[bit * T.Count];
        }

        indices.Sort(static (left, right) => right.CompareTo(left));
        var grid = PowerOfTwoGrid.Of(options.ScaleTerms);
        var place = (row * groups + group) * options.Bits;
        for (var bit = 0; bit < indices.Length; bit++)
        {
            groupScales[bit] = (float)grid.Value(indices[bit]);
            grid.Encode(indices[bit], terms.AsSpan((place + bit) * options.ScaleTerms, options.ScaleTerms));
        }
    }

    // Codes the group against the scales as they are stored.
    private void WritePlanes(int row, int group, int length, ReadOnlySpan<float> groupScales)
    {
        var begin = group * groupSize;
        var levels = new GroupLevels(groupScales);
        fixed (float* x = Row(row))
        fixed (uint* codesOfRow = &codes[(nint)row * wordsPerRow])
        {
            var (error, norm) = new SignPlaneWriter(normalization, options.Bits).Write(x, begin, begin + length, &levels, codesOfRow, (nint)rows * wordsPerRow);
            errors[row] += error;
            norms[row] += norm;
        }
    }
}
