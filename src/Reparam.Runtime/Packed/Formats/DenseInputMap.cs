using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>
/// How the run time applies an input map to a layer whose weight is dense, as an export of the trained model has it: the map's state lies beside the weight.
/// Found by <see cref="DenseInputMaps"/>.
/// </summary>
internal abstract class DenseInputMap
{
    /// <summary>Names of the state below the layer; a checkpoint has all of them or the layer has no such map.</summary>
    public abstract IReadOnlyList<string> StateNames { get; }

    /// <summary>The product of some rows of a dense weight with mapped inputs.</summary>
    /// <param name="matrix">The weight.</param>
    /// <param name="first">First row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="channels">Input channels of the weight, each with as many neighbouring columns.</param>
    /// <param name="state">The state, in the order of <see cref="StateNames"/>.</param>
    /// <exception cref="ArgumentException">A weight is not finite, or the state is none of such a map.</exception>
    public abstract PackedMatrix Create(DenseMatrix matrix, int first, int rows, int channels, IReadOnlyList<float[]> state);
}
