namespace Reparam.Runtime.Kernels;

/// <summary>
/// Where a convolution finds its inputs: planes with their padding written out and their columns sorted by <see cref="StridedPhases"/>, so that what the
/// positions of an output row take from one place of the kernel is a run of neighbours. An image that needs neither is its own planes.
/// </summary>
internal readonly unsafe struct PaddedPlanes
{
    // Elements behind the last plane that a vector may reach.
    private const int Slack = 16;

    private readonly ConvolutionShape shape;
    private readonly int phaseWidth;
    private readonly int rows;

    public PaddedPlanes(in ConvolutionShape shape, bool mayBeInPlace)
    {
        this.shape = shape;
        phaseWidth = shape.OutWidth + ((shape.KernelWidth - 1) * shape.DilationX / shape.StrideX);
        rows = ((shape.OutHeight - 1) * shape.StrideY) + ((shape.KernelHeight - 1) * shape.DilationY) + 1;
        IsInPlace = mayBeInPlace && shape.StrideX == 1 && shape.PadTop == 0 && shape.PadLeft == 0 && rows <= shape.Height && phaseWidth <= shape.Width;
        RowPitch = IsInPlace ? shape.Width : phaseWidth * shape.StrideX;
        PlaneSize = IsInPlace ? shape.Height * shape.Width : rows * RowPitch;
    }

    /// <summary>Whether the image is used as it is.</summary>
    public bool IsInPlace { get; }

    /// <summary>Distance of the rows of a plane.</summary>
    public int RowPitch { get; }

    /// <summary>Distance of the planes.</summary>
    public int PlaneSize { get; }

    /// <summary>Elements of all planes, with what may be read behind them.</summary>
    public int Length => checked((shape.Channels * PlaneSize) + Slack);

    /// <summary>Writes one plane.</summary>
    /// <param name="image">[height, width].</param>
    /// <param name="plane">[<see cref="PlaneSize"/>].</param>
    public void Write(float* image, float* plane)
    {
        var copied = Math.Min(shape.Width, RowPitch - shape.PadLeft);
        for (var row = 0; row < rows; row++, plane += RowPitch)
        {
            // Rows that no window of height 1 sees are left as they are.
            if (shape.KernelHeight == 1 && row % shape.StrideY != 0)
            {
                continue;
            }

            var y = row - shape.PadTop;
            if ((uint)y < (uint)shape.Height && shape.StrideX == 1 && copied > 0)
            {
                StridedPhases.Copy(image + ((nint)y * shape.Width), copied, shape.PadLeft, 0, plane, RowPitch);
            }
            else if ((uint)y < (uint)shape.Height)
            {
                StridedPhases.Split(
                    image + ((nint)y * shape.Width), shape.Width, shape.PadLeft, shape.StrideX, 0, plane, phaseWidth,
                    shape.KernelWidth == 1 ? 1 : shape.StrideX);
            }
            else
            {
                new Span<float>(plane, RowPitch).Clear();
            }
        }
    }

    /// <summary>
    /// Where output position (0, 0) finds each of its inputs, from the first plane of its group on: [channels / groups, kernel height, kernel width].
    /// </summary>
    public void WriteOffsets(Span<int> offsets)
    {
        var next = 0;
        for (var channel = 0; channel < shape.ChannelsPerGroup; channel++)
        {
            for (var ky = 0; ky < shape.KernelHeight; ky++)
            {
                for (var kx = 0; kx < shape.KernelWidth; kx++)
                {
                    var (place, phase) = Math.DivRem(kx * shape.DilationX, shape.StrideX);
                    offsets[next++] = (channel * PlaneSize) + (ky * shape.DilationY * RowPitch) + (phase * phaseWidth) + place;
                }
            }
        }
    }

    /// <summary>Where position (y, 0) begins, relative to position (0, 0).</summary>
    public nint Row(int y) => (nint)y * shape.StrideY * RowPitch;
}
