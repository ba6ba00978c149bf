namespace Reparam.Runtime.Kernels;

/// <summary>The windows along one side of an input, each from a first position to before an end, in steps.</summary>
internal sealed class PoolingSide
{
    private PoolingSide(int size, int output)
    {
        Size = size;
        First = new int[output];
        End = new int[output];
        Count = new int[output];
    }

    /// <summary>Length of the side.</summary>
    public int Size { get; }

    /// <summary>First position of each window in the input.</summary>
    public int[] First { get; }

    /// <summary>Position after the last of each window in the input.</summary>
    public int[] End { get; }

    /// <summary>Positions of each window that count for a mean.</summary>
    public int[] Count { get; }

    /// <summary>Distance of the positions of a window.</summary>
    public int Step { get; private init; } = 1;

    /// <summary>Number of windows.</summary>
    public int Output => First.Length;

    /// <summary>A side that is left as it is.</summary>
    public static PoolingSide Whole { get; } = Parts(1, 1);

    /// <summary>Windows of one size at a stride.</summary>
    /// <exception cref="ArgumentException">The windows do not fit.</exception>
    public static PoolingSide Windows(int size, int kernel, int stride, int padding, int dilation, bool ceil, bool countPadding, string operation) => Windows(
        new PoolingWindow(kernel, stride, padding, dilation, Pooling.OutputSize(size, kernel, stride, padding, dilation, ceil, operation)), size, countPadding);

    /// <summary>Windows of one size at a stride.</summary>
    public static PoolingSide Windows(PoolingWindow window, int size, bool countPadding)
    {
        var side = new PoolingSide(size, window.Output) { Step = window.Dilation };
        for (var i = 0; i < window.Output; i++)
        {
            side.First[i] = window.First(i);
            side.End[i] = window.End(i, size);
            side.Count[i] = window.Count(i, size, countPadding);
        }

        return side;
    }

    /// <summary>Windows that divide a side into a number of parts.</summary>
    public static PoolingSide Parts(int size, int parts)
    {
        var side = new PoolingSide(size, parts);
        for (var i = 0; i < parts; i++)
        {
            side.First[i] = (int)((long)i * size / parts);
            side.End[i] = (int)((((long)i + 1) * size + parts - 1) / parts);
            side.Count[i] = side.End[i] - side.First[i];
        }

        return side;
    }
}
