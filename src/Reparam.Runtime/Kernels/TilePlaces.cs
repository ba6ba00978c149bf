namespace Reparam.Runtime.Kernels;

/// <summary>Where the sums of a <see cref="ConvolutionTile"/> belong.</summary>
internal unsafe struct TilePlaces
{
    /// <summary>Outputs of the tile.</summary>
    public int Outputs;

    /// <summary>Vectors of positions of the tile.</summary>
    public int Vectors;

    /// <summary>The first output.</summary>
    public int Output;

    /// <summary>Where the first position of the image's first output of the tile lies.</summary>
    public nint Place;

    /// <summary>[vectors]: from there to a vector's first position.</summary>
    public nint* Targets;

    /// <summary>[vectors]: positions of a vector.</summary>
    public int* Counts;
}
