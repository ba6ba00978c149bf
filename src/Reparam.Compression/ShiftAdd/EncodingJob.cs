using System.Buffers;
using System.Runtime.InteropServices;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.ShiftAdd.Lanes;

namespace Reparam.Compression.ShiftAdd;

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
    private readonly ShiftAddOptions options;
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

    public EncodingJob(ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddOptions options, Normalization normalization)
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

    /// <summary>Scratch memory of a worker: the groups one below the other and side by side, and their scales.</summary>
    public nint TakeRoom() =>
        (nint)NativeMemory.AlignedAlloc((nuint)T.Count * sizeof(float) * (nuint)(2 * groupSize + GroupFit<T>.Ends * BinaryCodedMatrix.MaxBits), 64);

    /// <summary>Gives the scratch memory back.</summary>
    public static void ReturnRoom(nint room) => NativeMemory.AlignedFree((void*)room);

    /// <summary>Codes one block of rows.</summary>
    public nint Encode(int block, ParallelLoopState state, nint room)
    {
        var firstRow = block * rowsOfBlock;
        var rowsHere = Math.Min(rowsOfBlock, rows - firstRow);
        var fullGroups = columns / groupSize;
        EncodeGroups(firstRow, rowsHere, 0, fullGroups, groupSize, (float*)room);
        if (fullGroups < groups)
        {
            EncodeGroups(firstRow, rowsHere, fullGroups, 1, columns - fullGroups * groupSize, (float*)room);
        }

        return room;
    }

    // The groups [firstGroup, firstGroup + number) of each row, all of one length.
    private void EncodeGroups(int firstRow, int rowsHere, int firstGroup, int number, int length, float* room)
    {
        var total = rowsHere * number;
        var writer = new TallyWriter(normalization);
        var untransposed = (int*)room + (nint)groupSize * T.Count;
        var fitted = room + 2 * (nint)groupSize * T.Count;
        var units = stackalloc float[T.Count];
        Span<float> ends = stackalloc float[GroupFit<T>.Ends * BinaryCodedMatrix.MaxBits];
        ends = ends[..((options.ScaleTerms == 0 ? 1 : GroupFit<T>.Ends) * options.Bits)];
        for (var start = 0; start < total; start += T.Count)
        {
            // Lanes that are left over repeat the last group.
            var lanes = Math.Min(T.Count, total - start);
            for (var lane = 0; lane < T.Count; lane++)
            {
                var (row, group) = Place(firstRow, firstGroup, number, Math.Min(start + lane, total - 1));
                units[lane] = writer.Write(Row(row).Slice(group * groupSize, length), untransposed + (nint)lane * length);
            }

            TallyWriter.Transpose(untransposed, T.Count, length, (int*)room);
            new GroupFit<T>(new Tallies<T>(room, length), options).Solve(fitted);
            for (var i = 0; i < ends.Length; i++)
            {
                var scale = T.Load(fitted + i * T.Count) * T.Load(units);
                (options.ScaleTerms == 0 ? HalfPrecision<T>.Round(scale) : scale).Store(fitted + i * T.Count);
            }

            for (var lane = 0; lane < lanes; lane++)
            {
                for (var i = 0; i < ends.Length; i++)
                {
                    ends[i] = fitted[i * T.Count + lane];
                }

                var (row, group) = Place(firstRow, firstGroup, number, start + lane);
                Finish(row, group, length, ends);
            }
        }
    }

    private static (int Row, int Group) Place(int firstRow, int firstGroup, int number, int index) =>
        (firstRow + index / number, firstGroup + index % number);

    private ReadOnlySpan<float> Row(int row) => weights.Span.Slice(row * columns, columns);

    // Rounds the scales to what the file can hold, then codes the group against the rounded scales.
    private void Finish(int row, int group, int length, Span<float> ends)
    {
        var groupScales = ends[..options.Bits];
        var begin = group * groupSize;
        var weightsOfRow = Row(row);
        var place = (row * groups + group) * options.Bits;
        if (options.ScaleTerms == 0)
        {
            StoreHalves(groupScales, scales.AsSpan(place, options.Bits));
        }
        else
        {
            RoundToTerms(weightsOfRow.Slice(begin, length), ends, terms.AsSpan(place * options.ScaleTerms));
        }

        var levels = new GroupLevels(groupScales);
        fixed (float* x = weightsOfRow)
        fixed (uint* codesOfRow = &codes[(nint)row * wordsPerRow])
        {
            var (error, norm) = new SignPlaneWriter(normalization, options.Bits).Write(x, begin, begin + length, &levels, codesOfRow, (nint)rows * wordsPerRow);
            errors[row] += error;
            norms[row] += norm;
        }
    }

    private void StoreHalves(Span<float> groupScales, Span<Half> destination)
    {
        // Rounding up may carry a weight near the end of the range of float past it.
        while (Sum(groupScales) > normalization.LargestLevel)
        {
            groupScales[0] = (float)Half.BitDecrement((Half)groupScales[0]);
            groupScales.Sort(static (left, right) => right.CompareTo(left));
        }

        for (var bit = 0; bit < groupScales.Length; bit++)
        {
            destination[bit] = (Half)groupScales[bit];
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

    // Leaves the stored values in the first set.
    private void RoundToTerms(ReadOnlySpan<float> group, Span<float> ends, Span<byte> destination)
    {
        var magnitudes = ArrayPool<float>.Shared.Rent(group.Length);
        var sums = ArrayPool<double>.Shared.Rent(group.Length + 1);
        var sorted = magnitudes.AsSpan(0, group.Length);
        for (var k = 0; k < group.Length; k++)
        {
            sorted[k] = Math.Abs(normalization.Apply(group[k]));
        }

        sorted.Sort();
        Span<int> room = stackalloc int[BinaryCodedMatrix.MaxBits];
        var indices = room[..options.Bits];
        new PowerOfTwoFit(options.ScaleTerms, options.Bits, normalization.LargestLevel).Fit(new SortedGroup(sorted, sums), ends, indices);
        var grid = PowerOfTwoGrid.Of(options.ScaleTerms);
        grid.Values(indices, ends);
        for (var bit = 0; bit < options.Bits; bit++)
        {
            grid.Encode(indices[bit], destination.Slice(bit * options.ScaleTerms, options.ScaleTerms));
        }

        ArrayPool<float>.Shared.Return(magnitudes);
        ArrayPool<double>.Shared.Return(sums);
    }
}
