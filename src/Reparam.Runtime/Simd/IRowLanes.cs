using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Simd;

/// <summary>
/// What kernels on byte shuffles do with a vector, so that they are written once for every width. A vector has lanes of 16 bytes; a lane holds the 16 rows
/// of a group of columns in bytes, or eight or four of them in words or double words.
/// </summary>
internal unsafe interface IRowLanes<T>
    where T : unmanaged, IRowLanes<T>
{
    /// <summary>16 or 32.</summary>
    static abstract int Bytes { get; }

    static abstract T Zero { get; }

    static abstract T Load(byte* source);

    /// <summary>The same bytes in every lane.</summary>
    static abstract T Repeat(Vector128<byte> lane);

    /// <summary>The same bytes in every lane.</summary>
    static abstract T Repeat(byte* source);

    /// <summary>The same double word in all places of a lane: the first lane has the first of the values, the second the second.</summary>
    static abstract T Repeat(int* source);

    /// <summary>Two double words, interleaved, in all places of a lane: the first lane has the first two, the second those behind them.</summary>
    static abstract T RepeatPair(int* source);

    void Store(byte* destination);

    /// <summary>The low halves of the bytes.</summary>
    static abstract T LowNibbles(T codes);

    /// <summary>The high halves.</summary>
    static abstract T HighNibbles(T codes);

    /// <summary>
    /// Entries of a table of 64, which lies in four vectors that are each the same in every lane; of the index less 64 from there on. Indices are below
    /// 128.
    /// </summary>
    static abstract T LookUp(T table0, T table1, T table2, T table3, T index);

    /// <summary>The upper value where the index is 64 or more, the lower one elsewhere.</summary>
    static abstract T Select(T lower, T upper, T index);

    /// <summary>Entries of the lanes' tables of 16; 0 for an index of 128 and more.</summary>
    static abstract T LookUp(T table, T index);

    /// <summary>Bytes of a and b interleaved, for rows 0 to 7.</summary>
    static abstract T InterleaveLow(T a, T b);

    /// <summary>The same for rows 8 to 15.</summary>
    static abstract T InterleaveHigh(T a, T b);

    /// <summary>Words of a and b interleaved, for the first four of a lane.</summary>
    static abstract T InterleaveLowWords(T a, T b);

    /// <summary>The same for the other four.</summary>
    static abstract T InterleaveHighWords(T a, T b);

    /// <summary>Words of the first eight unsigned bytes of a lane.</summary>
    static abstract T WidenLow(T values);

    /// <summary>The same for the other eight.</summary>
    static abstract T WidenHigh(T values);

    static abstract T AddWords(T left, T right);

    static abstract T AddInts(T left, T right);

    /// <summary>Sums of neighbouring signed bytes, as words.</summary>
    static abstract T AddNeighbours(T values);

    /// <summary>Sums of neighbouring unsigned bytes, as words.</summary>
    static abstract T AddUnsignedNeighbours(T values);

    /// <summary>Products of words, those of neighbours added, as double words.</summary>
    static abstract T MultiplyAddNeighbours(T left, T right);

    /// <summary>The sum of the lanes, for vectors of double words.</summary>
    static abstract Vector128<int> AddLanes(T sums);
}
