namespace Reparam.Runtime.Kernels;

/// <summary>What each position along a resized side is made of: some positions of the input, each with a weight.</summary>
internal sealed class ResamplingTaps
{
    private const float CubicSlope = -0.75f;
    private const float SmoothCubicSlope = -0.5f;

    private ResamplingTaps(int size, int output, int taps)
    {
        Size = size;
        Output = output;
        Taps = taps;
        Places = new int[output * taps];
        Weights = new float[output * taps];
    }

    /// <summary>Length of the side before.</summary>
    public int Size { get; }

    /// <summary>Length of the side after.</summary>
    public int Output { get; }

    /// <summary>Positions that make one.</summary>
    public int Taps { get; }

    /// <summary>[output, taps]: positions of the input.</summary>
    public int[] Places { get; }

    /// <summary>[output, taps].</summary>
    public float[] Weights { get; }

    /// <summary>The nearest position; from the beginning of a pixel, or exactly from its middle.</summary>
    /// <param name="size">Length before.</param>
    /// <param name="output">Length after.</param>
    /// <param name="factor">The factor that was asked for; null where the lengths give it.</param>
    /// <param name="exact">Whether the middle counts.</param>
    public static ResamplingTaps Nearest(int size, int output, double? factor, bool exact)
    {
        var taps = new ResamplingTaps(size, output, 1);
        var scale = Scale(size, output, factor);
        for (var i = 0; i < output; i++)
        {
            taps.Places[i] = Math.Min((int)MathF.Floor((exact ? i + 0.5f : i) * scale), size - 1);
            taps.Weights[i] = 1;
        }

        return taps;
    }

    /// <summary>Two neighbours.</summary>
    /// <param name="size">Length before.</param>
    /// <param name="output">Length after.</param>
    /// <param name="factor">The factor that was asked for; null where the lengths give it.</param>
    /// <param name="alignCorners">Whether the first and the last position stay where they are.</param>
    public static ResamplingTaps Linear(int size, int output, double? factor, bool alignCorners)
    {
        var taps = new ResamplingTaps(size, output, 2);
        for (var i = 0; i < output; i++)
        {
            var source = size == output ? i : Math.Max(Source(i, size, output, factor, alignCorners), 0);
            var first = Math.Min((int)source, size - 1);
            var part = Math.Clamp(source - first, 0, 1);
            (taps.Places[2 * i], taps.Places[(2 * i) + 1]) = (first, Math.Min(first + 1, size - 1));
            (taps.Weights[2 * i], taps.Weights[(2 * i) + 1]) = (1 - part, part);
        }

        return taps;
    }

    /// <summary>Four neighbours of a cubic convolution.</summary>
    /// <param name="size">Length before.</param>
    /// <param name="output">Length after.</param>
    /// <param name="factor">The factor that was asked for; null where the lengths give it.</param>
    /// <param name="alignCorners">Whether the first and the last position stay where they are.</param>
    public static ResamplingTaps Cubic(int size, int output, double? factor, bool alignCorners)
    {
        var taps = new ResamplingTaps(size, output, 4);
        for (var i = 0; i < output; i++)
        {
            var source = Source(i, size, output, factor, alignCorners);
            var first = (int)MathF.Floor(source);
            for (var tap = 0; tap < 4; tap++)
            {
                taps.Places[(4 * i) + tap] = Math.Clamp(first - 1 + tap, 0, size - 1);
                taps.Weights[(4 * i) + tap] = CubicWeight(source - first + 1 - tap, CubicSlope);
            }
        }

        return taps;
    }

    /// <summary>As many neighbours as a smaller output covers, weighed by a triangle or by a cubic.</summary>
    /// <param name="size">Length before.</param>
    /// <param name="output">Length after.</param>
    /// <param name="factor">The factor that was asked for; null where the lengths give it.</param>
    /// <param name="alignCorners">Whether the first and the last position stay where they are.</param>
    /// <param name="cubic">Whether the weights are a cubic's.</param>
    public static ResamplingTaps Smooth(int size, int output, double? factor, bool alignCorners, bool cubic)
    {
        var scale = alignCorners ? output > 1 ? (size - 1f) / (output - 1) : 0 : Scale(size, output, factor);
        var support = (cubic ? 2f : 1f) * Math.Max(scale, 1);
        var narrow = 1 / Math.Max(scale, 1);
        var taps = new ResamplingTaps(size, output, Math.Min(size, ((int)MathF.Ceiling(support) * 2) + 1));
        for (var i = 0; i < output; i++)
        {
            var center = scale * (i + 0.5f);
            var first = Math.Max((int)(center - support + 0.5f), 0);
            var count = Math.Min(Math.Min((int)(center + support + 0.5f), size) - first, taps.Taps);
            var total = 0f;
            for (var tap = 0; tap < count; tap++)
            {
                var distance = (tap + first - center + 0.5f) * narrow;
                var weight = cubic ? CubicWeight(distance, SmoothCubicSlope) : Math.Max(0, 1 - Math.Abs(distance));
                (taps.Places[(i * taps.Taps) + tap], taps.Weights[(i * taps.Taps) + tap]) = (first + tap, weight);
                total += weight;
            }

            for (var tap = 0; tap < count && total != 0; tap++)
            {
                taps.Weights[(i * taps.Taps) + tap] /= total;
            }
        }

        return taps;
    }

    private static float Scale(int size, int output, double? factor) => factor is { } given ? (float)(1 / given) : (float)size / output;

    private static float Source(int position, int size, int output, double? factor, bool alignCorners) => alignCorners
        ? output > 1 ? position * ((size - 1f) / (output - 1)) : 0
        : (Scale(size, output, factor) * (position + 0.5f)) - 0.5f;

    private static float CubicWeight(float x, float slope)
    {
        x = Math.Abs(x);
        return x <= 1 ? ((((slope + 2) * x) - (slope + 3)) * x * x) + 1
            : x < 2 ? (((((x - 5) * x) + 8) * x) - 4) * slope
            : 0;
    }
}
