namespace Reparam.Runtime.Kernels;

/// <summary>What a convolution kernel sums: some outputs at up to three vectors of positions.</summary>
internal unsafe struct ConvolutionTile
{
    /// <summary>Vectors of positions of a tile.</summary>
    public const int Vectors = 3;

    /// <summary>The first input of the first vector's positions.</summary>
    public float* First;

    /// <summary>That of the second vector's.</summary>
    public float* Second;

    /// <summary>That of the third vector's.</summary>
    public float* Third;

    /// <summary>[depth]: elements from the first input of a position to each of its inputs.</summary>
    public int* Offsets;

    /// <summary>Inputs of an output.</summary>
    public nint Depth;

    /// <summary>Weights of the first output.</summary>
    public float* Weights;

    /// <summary>Floats from the weights of an output to those of the next.</summary>
    public nint WeightStride;

    /// <summary>Out: [outputs, vectors, lanes] sums.</summary>
    public float* Sums;
}
