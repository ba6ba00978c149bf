using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>The kernels of a matrix: how its inputs are laid out for them, and one for each number of input rows that they take together.</summary>
internal sealed unsafe class UniformKernelTable
{
    private readonly int most;
    private readonly int stepsOfWords;
    private readonly delegate*<in SegmentSums, void> scale;

    // By the number of input rows; null where there is no kernel for so many. Those of a table are all of one kind.
    private readonly delegate*<byte*, byte*, nint, int*, nint, int*, byte*, void>[] dots;
    private readonly delegate*<byte*, byte*, nint, int*, nint, int*, byte*, int, void>[] pairs;

    private UniformKernelTable(
        int lanes, int scaledRows, delegate*<in SegmentSums, void> scale, bool areBytes,
        params delegate*<byte*, byte*, nint, int*, nint, int*, byte*, void>[] dots)
    {
        (Lanes, ScaledRows, AreBytes, most, this.dots, pairs) = (lanes, scaledRows, areBytes, dots.Length - 1, dots, []);
        this.scale = scale;
    }

    private UniformKernelTable(
        int lanes, delegate*<in SegmentSums, void> scale, int stepsOfWords, params delegate*<byte*, byte*, nint, int*, nint, int*, byte*, int, void>[] pairs)
    {
        (Lanes, ScaledRows, AreBytes, this.stepsOfWords, most, dots, this.pairs) = (lanes, lanes, true, stepsOfWords, pairs.Length - 1, [], pairs);
        this.scale = scale;
    }

    /// <summary>Rows of a vector: 4, 8 or 16. A kernel multiplies two vectors.</summary>
    public int Lanes { get; }

    /// <summary>Rows that <see cref="Scale"/> takes: a vector, which may be longer than that of the kernels.</summary>
    public int ScaledRows { get; }

    /// <summary>Whether inputs are bytes; else words.</summary>
    public bool AreBytes { get; }

    /// <summary>Double words of inputs for each step of eight columns and input row.</summary>
    public int InputsOfStep => AreBytes ? 2 : 4;

    /// <summary>The kernels of a path.</summary>
    /// <param name="path">A path other than <see cref="KernelPath.Scalar"/>.</param>
    /// <param name="bits">Bits of a weight.</param>
    /// <param name="isInputByte">Whether inputs fit a byte; else they have 16 bits, in one word or in two planes of bytes.</param>
    public static UniformKernelTable Find(KernelPath path, int bits, bool isInputByte)
    {
        var isNibble = bits <= UniformTiles.NibbleBits;
        if (path == KernelPath.Avx512 && isNibble && Avx512BW.IsSupported)
        {
            // Words hold the sums of so many products that 512 bits of them are faster than 256 bits of four bytes at a time.
            return Pair<IntegerLanes512, NibbleCodes>(bits);
        }

        if (path is KernelPath.Avx512 or KernelPath.Avx2 && AvxVnni.IsSupported)
        {
            return path == KernelPath.Avx512 && Avx512BW.IsSupported ? Dot<IntegerLanes256, ByteCodes, VnniDot, IntegerLanes512>()
                : isNibble ? Dot<IntegerLanes256, NibbleCodes, VnniDot, IntegerLanes256>()
                : Dot<IntegerLanes256, ByteCodes, VnniDot, IntegerLanes256>();
        }

        // Of a weight in bytes the word kernel takes both planes of the inputs for the price of one; of six bits at most, words hold the sums of bytes.
        var isPair = isNibble || (isInputByte && bits <= 6);
        if (path == KernelPath.Avx512 && Avx512BW.IsSupported)
        {
            return isPair ? Pair<IntegerLanes512, ByteCodes>(bits) : Wide();
        }

        if (path == KernelPath.Avx2 && Avx2.IsSupported)
        {
            return isPair
                ? isNibble ? Pair<IntegerLanes256, NibbleCodes>(bits) : Pair<IntegerLanes256, ByteCodes>(bits)
                : Dot<IntegerLanes256, ByteCodes, WordDot<IntegerLanes256>, IntegerLanes256>();
        }

        return isNibble
            ? Dot<IntegerLanes128, NibbleCodes, WordDot<IntegerLanes128>, IntegerLanes128>()
            : Dot<IntegerLanes128, ByteCodes, WordDot<IntegerLanes128>, IntegerLanes128>();
    }

    /// <summary>Kernels that add in double words.</summary>
    public static UniformKernelTable Dot<T, TCodes, TDot, TScale>()
        where T : unmanaged, IIntegerLanes<T>
        where TCodes : struct, ICodeForm
        where TDot : struct, IIntegerDot<T>
        where TScale : unmanaged, IIntegerLanes<TScale> => TDot.IsBytes
            ? new(
                T.Count, TScale.Count, &SegmentScaler<TScale>.Add, areBytes: true,
                null, &DotKernel<T, TCodes, TDot>.Multiply1, &DotKernel<T, TCodes, TDot>.Multiply2, null, &DotKernel<T, TCodes, TDot>.Multiply4,
                &DotKernel<T, TCodes, TDot>.Multiply5, &DotKernel<T, TCodes, TDot>.Multiply6)
            : new(
                T.Count, TScale.Count, &SegmentScaler<TScale>.Add, areBytes: false,
                null, &DotKernel<T, TCodes, TDot>.Multiply1, &DotKernel<T, TCodes, TDot>.Multiply2, null, &DotKernel<T, TCodes, TDot>.Multiply4);

    /// <summary>
    /// Input rows that are multiplied together where so many are left: as many as the calls for all of them share evenly. Rows beyond those left are padding.
    /// </summary>
    /// <param name="left">At least 1.</param>
    /// <param name="unit">Rows that stay together: 1 or 2.</param>
    public int Together(int left, int unit)
    {
        var count = PrepackedLayout.DivideUp(left, PrepackedLayout.DivideUp(left, most));
        while (count % unit != 0 || !HasKernel(count))
        {
            count++;
        }

        return count;
    }

    /// <summary>sums[i, r] += Σ codes[r, k]·x[i, k], for two vectors of rows.</summary>
    /// <param name="together">What <see cref="Together"/> gave.</param>
    /// <param name="first">The first vector of rows in a step of a row tile.</param>
    /// <param name="second">The second.</param>
    /// <param name="steps">Steps of eight columns.</param>
    /// <param name="x">[input rows][steps, <see cref="InputsOfStep"/>].</param>
    /// <param name="row">Double words from an input row to the next.</param>
    /// <param name="sums">[input rows, <see cref="UniformTiles.SumStride"/>]: those of the second vector behind those of the first.</param>
    /// <param name="ahead">Where kernels of four input rows and more prefetch from, <see cref="UniformTiles.AheadBytes"/> a step.</param>
    public void Multiply(int together, byte* first, byte* second, nint steps, int* x, nint row, int* sums, byte* ahead)
    {
        if (stepsOfWords > 0)
        {
            pairs[together](first, second, steps, x, row, sums, ahead, stepsOfWords);
        }
        else
        {
            dots[together](first, second, steps, x, row, sums, ahead);
        }
    }

    /// <summary>Adds the products of a segment to their totals: <see cref="SegmentScaler{T}"/>.</summary>
    public void Scale(in SegmentSums segment) => scale(in segment);

    private bool HasKernel(int rows) => stepsOfWords > 0 ? pairs[rows] != null : dots[rows] != null;

    private static UniformKernelTable Wide() => new(
        IntegerLanes512.Count, IntegerLanes512.Count, &SegmentScaler<IntegerLanes512>.Add, areBytes: false,
        null,
        &DotKernel<IntegerLanes512, ByteCodes, WordDot<IntegerLanes512>>.Multiply1,
        &DotKernel<IntegerLanes512, ByteCodes, WordDot<IntegerLanes512>>.Multiply2,
        null,
        &DotKernel<IntegerLanes512, ByteCodes, WordDot<IntegerLanes512>>.Multiply4,
        null, null, null,
        &DotKernel<IntegerLanes512, ByteCodes, WordDot<IntegerLanes512>>.Multiply8);

    private static UniformKernelTable Pair<T, TCodes>(int bits)
        where T : unmanaged, IByteLanes<T>
        where TCodes : struct, ICodeForm => T.Count == IntegerLanes512.Count
            ? new(
                T.Count, &SegmentScaler<T>.Add, PairKernel<T, TCodes>.StepsOfWords(bits),
                null, &PairKernel<T, TCodes>.Multiply1, &PairKernel<T, TCodes>.Multiply2, null, &PairKernel<T, TCodes>.Multiply4,
                null, null, null, &PairKernel<T, TCodes>.Multiply8)
            : new(
                T.Count, &SegmentScaler<T>.Add, PairKernel<T, TCodes>.StepsOfWords(bits),
                null, &PairKernel<T, TCodes>.Multiply1, &PairKernel<T, TCodes>.Multiply2, null, &PairKernel<T, TCodes>.Multiply4);
}
