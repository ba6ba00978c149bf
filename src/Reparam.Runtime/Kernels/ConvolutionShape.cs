namespace Reparam.Runtime.Kernels;

/// <summary>Sizes of a two-dimensional convolution of one image; a one-dimensional one has height 1.</summary>
internal readonly record struct ConvolutionShape(
    int Channels, int Height, int Width, int Outputs, int KernelHeight, int KernelWidth,
    int StrideY, int StrideX, int PadTop, int PadLeft, int DilationY, int DilationX, int Groups, int OutHeight, int OutWidth)
{
    public int ChannelsPerGroup => Channels / Groups;

    public int OutputsPerGroup => Outputs / Groups;

    public int Positions => OutHeight * OutWidth;

    /// <summary>Inputs of one output: channels of the group times kernel area.</summary>
    public int Depth => ChannelsPerGroup * KernelHeight * KernelWidth;

    /// <summary>Whether the unfolded image is the image itself.</summary>
    public bool IsPointwise =>
        KernelHeight == 1 && KernelWidth == 1 && StrideY == 1 && StrideX == 1 && OutHeight == Height && OutWidth == Width && PadTop == 0 && PadLeft == 0;

    /// <summary>The same where <see cref="IsPointwise"/>: every image as one long row.</summary>
    public ConvolutionShape Flattened() => this with { Height = 1, Width = Height * Width, OutHeight = 1, OutWidth = Positions };
}
