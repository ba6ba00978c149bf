namespace Reparam.Runtime.Kernels;

/// <summary>Working memory of a kernel: one growing buffer a thread and purpose.</summary>
internal static class Scratch
{
    private const int UsualScores = 33 << 10;

    [ThreadStatic]
    private static float[]? left;

    [ThreadStatic]
    private static float[]? right;

    [ThreadStatic]
    private static float[]? unfolded;

    [ThreadStatic]
    private static float[]? products;

    [ThreadStatic]
    private static float[]? planes;

    [ThreadStatic]
    private static float[]? scores;

    [ThreadStatic]
    private static int[]? offsets;

    [ThreadStatic]
    private static float[]? decoded;

    /// <summary>For the scores of a block of queries. A cache that grows by a token at a time needs no other buffer at each.</summary>
    public static Span<float> Scores(int length) => Grow(ref scores, Math.Max(length, UsualScores))[..length];

    /// <summary>For packed weights that are decoded for one call.</summary>
    public static Span<float> Decoded(int length) => Grow(ref decoded, length);

    /// <summary>For the padded planes of an image.</summary>
    public static Span<float> Planes(int length) => Grow(ref planes, length);

    /// <summary>For the places of a kernel's elements.</summary>
    public static Span<int> Offsets(int length)
    {
        if (offsets is null || offsets.Length < length)
        {
            offsets = new int[length];
        }

        return offsets.AsSpan(0, length);
    }

    /// <summary>For a part of an unfolded image.</summary>
    public static Span<float> Unfolded(int length) => Grow(ref unfolded, length);

    /// <summary>For products in another order than the result's.</summary>
    public static Span<float> Products(int length) => Grow(ref products, length);

    /// <summary>For a packed block of the left factor.</summary>
    public static Span<float> Left(int length) => Grow(ref left, length);

    /// <summary>For a packed block of the right factor.</summary>
    public static Span<float> Right(int length) => Grow(ref right, length);

    private static Span<float> Grow(ref float[]? buffer, int length)
    {
        if (buffer is null || buffer.Length < length)
        {
            buffer = GC.AllocateUninitializedArray<float>(length);
        }

        return buffer.AsSpan(0, length);
    }
}
