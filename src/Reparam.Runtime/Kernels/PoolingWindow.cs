namespace Reparam.Runtime.Kernels;

/// <summary>The windows along one side of an image.</summary>
internal readonly record struct PoolingWindow(int Kernel, int Stride, int Padding, int Dilation, int Output)
{
    /// <summary>First position of a window that lies in the image.</summary>
    public int First(int window)
    {
        var start = window * Stride - Padding;
        while (start < 0)
        {
            start += Dilation;
        }

        return start;
    }

    /// <summary>Position after the last of a window that lies in the image.</summary>
    public int End(int window, int size) => Math.Min(window * Stride - Padding + (Kernel - 1) * Dilation + 1, size);

    /// <summary>Positions of a window of an average: those in the image, or also those in the padding, but none beyond it.</summary>
    public int Count(int window, int size, bool withPadding) =>
        withPadding ? Math.Min(window * Stride - Padding + Kernel, size + Padding) - (window * Stride - Padding) : End(window, size) - First(window);
}
