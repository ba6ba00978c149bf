namespace Reparam.Runtime.Kernels;

/// <summary>One output of an image, which a kernel computes at all positions at once.</summary>
internal unsafe struct ConvolutionPlane
{
    /// <summary>Vectors of positions that a kernel takes together.</summary>
    public const int Together = 4;

    /// <summary>The planes of the output's group.</summary>
    public float* Inputs;

    /// <summary>[vectors]: from there to the first input of a vector's positions.</summary>
    public int* Starts;

    /// <summary>[vectors], rising: the first position of each. What a vector stores behind the end of its row, those after it write over.</summary>
    public int* Targets;

    /// <summary>Vectors: a multiple of <see cref="Together"/>, for which the last may be there again.</summary>
    public int Vectors;

    /// <summary>[depth]: elements from the first input of a position to each of its inputs.</summary>
    public int* Offsets;

    /// <summary>Inputs of an output.</summary>
    public nint Depth;

    /// <summary>[depth].</summary>
    public float* Weights;

    /// <summary>The output.</summary>
    public int Output;

    /// <summary>Where the output's first position lies.</summary>
    public nint Place;

    /// <summary>Where outputs go, and what becomes of them.</summary>
    public ConvolutionStore Store;
}
