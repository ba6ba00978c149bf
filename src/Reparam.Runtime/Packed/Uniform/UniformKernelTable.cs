using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>The kernels of a matrix: how its inputs are laid out for them, and one for each number of input rows that they take together.</summary>
internal sealed unsafe class UniformKernelTable
{
    private readonly int stepsOfWords;
    private readonly delegate*<byte*, byte*, nint, int*, int*, void> one;
    private readonly delegate*<byte*, byte*, nint, int*, int*, void> two;
    private readonly delegate*<byte*, byte*, nint, int*, int*, void> four;
    private readonly delegate*<byte*, byte*, nint, int*, int*, void> eight;
    private readonly delegate*<byte*, byte*, nint, int*, int*, int, void> pairOne;
    private readonly delegate*<byte*, byte*, nint, int*, int*, int, void> pairTwo;
    private readonly delegate*<byte*, byte*, nint, int*, int*, int, void> pairFour;

    private UniformKernelTable(
        int lanes, bool areBytes, delegate*<byte*, byte*, nint, int*, int*, void> one, delegate*<byte*, byte*, nint, int*, int*, void> two,
        delegate*<byte*, byte*, nint, int*, int*, void> four, delegate*<byte*, byte*, nint, int*, int*, void> eight)
    {
        (Lanes, AreBytes) = (lanes, areBytes);
        this.one = one;
        this.two = two;
        this.four = four;
        this.eight = eight;
    }

    private UniformKernelTable(
        int lanes, int stepsOfWords, delegate*<byte*, byte*, nint, int*, int*, int, void> one, delegate*<byte*, byte*, nint, int*, int*, int, void> two,
        delegate*<byte*, byte*, nint, int*, int*, int, void> four)
    {
        (Lanes, AreBytes, this.stepsOfWords) = (lanes, true, stepsOfWords);
        pairOne = one;
        pairTwo = two;
        pairFour = four;
    }

    /// <summary>Rows of a vector: 4, 8 or 16. A kernel multiplies two vectors.</summary>
    public int Lanes { get; }

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
        if (path is KernelPath.Avx512 or KernelPath.Avx2 && AvxVnni.IsSupported)
        {
            return isNibble ? Dot<IntegerLanes256, NibbleCodes, VnniDot>() : Dot<IntegerLanes256, ByteCodes, VnniDot>();
        }

        // Of a weight in bytes the word kernel takes both planes of the inputs for the price of one; of six bits at most, words hold the sums of bytes.
        var isPair = isNibble || (isInputByte && bits <= 6);
        if (path == KernelPath.Avx512 && Avx512BW.IsSupported)
        {
            return isPair ? isNibble ? Pair<IntegerLanes512, NibbleCodes>(bits) : Pair<IntegerLanes512, ByteCodes>(bits) : Wide();
        }

        if (path == KernelPath.Avx2 && Avx2.IsSupported)
        {
            return isPair
                ? isNibble ? Pair<IntegerLanes256, NibbleCodes>(bits) : Pair<IntegerLanes256, ByteCodes>(bits)
                : Dot<IntegerLanes256, ByteCodes, WordDot<IntegerLanes256>>();
        }

        return isNibble ? Dot<IntegerLanes128, NibbleCodes, WordDot<IntegerLanes128>>() : Dot<IntegerLanes128, ByteCodes, WordDot<IntegerLanes128>>();
    }

    /// <summary>Kernels that add in double words.</summary>
    public static UniformKernelTable Dot<T, TCodes, TDot>()
        where T : unmanaged, IIntegerLanes<T>
        where TCodes : struct, ICodeForm
        where TDot : struct, IIntegerDot<T> => new(
            T.Count, TDot.IsBytes, &DotKernel<T, TCodes, TDot>.Multiply1, &DotKernel<T, TCodes, TDot>.Multiply2, &DotKernel<T, TCodes, TDot>.Multiply4, null);

    /// <summary>Input rows that are multiplied together where so many are left: 1, 2, 4 or 8. Rows beyond those left are padding.</summary>
    /// <param name="left">At least 1.</param>
    public int Together(int left) => left > 4 && eight != null ? 8 : left > 2 ? 4 : left;

    /// <summary>sums[i, r] += Σ codes[r, k]·x[i, k], for two vectors of rows.</summary>
    /// <param name="together">What <see cref="Together"/> gave.</param>
    /// <param name="first">The first vector of rows in a step of a row tile.</param>
    /// <param name="second">The second.</param>
    /// <param name="steps">Steps of eight columns.</param>
    /// <param name="x">[steps, <see cref="InputsOfStep"/>, input rows].</param>
    /// <param name="sums">[input rows, 32]: those of the second vector behind those of the first.</param>
    public void Multiply(int together, byte* first, byte* second, nint steps, int* x, int* sums)
    {
        if (stepsOfWords > 0)
        {
            (together == 1 ? pairOne : together == 2 ? pairTwo : pairFour)(first, second, steps, x, sums, stepsOfWords);
        }
        else
        {
            (together == 1 ? one : together == 2 ? two : together == 4 ? four : eight)(first, second, steps, x, sums);
        }
    }

    private static UniformKernelTable Wide() => new(
        IntegerLanes512.Count, areBytes: false,
        &DotKernel<IntegerLanes512, ByteCodes, WordDot<IntegerLanes512>>.Multiply1,
        &DotKernel<IntegerLanes512, ByteCodes, WordDot<IntegerLanes512>>.Multiply2,
        &DotKernel<IntegerLanes512, ByteCodes, WordDot<IntegerLanes512>>.Multiply4,
        &DotKernel<IntegerLanes512, ByteCodes, WordDot<IntegerLanes512>>.Multiply8);

    private static UniformKernelTable Pair<T, TCodes>(int bits)
        where T : unmanaged, IByteLanes<T>
        where TCodes : struct, ICodeForm => new(
            T.Count, PairKernel<T, TCodes>.StepsOfWords(bits),
            &PairKernel<T, TCodes>.Multiply1, &PairKernel<T, TCodes>.Multiply2, &PairKernel<T, TCodes>.Multiply4);
}
