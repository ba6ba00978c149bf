using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>
/// One way to multiply with coded matrices. <see cref="PackedBackends"/> asks one after the other; the first that does not pass has the matrix. A backend
/// of another assembly derives from this class and from <see cref="PackedMatrix"/>.
/// </summary>
public abstract class PackedBackend
{
    /// <summary>A short name for messages, the only one of its kind: <c>tables</c>, <c>tiles</c>, <c>reference</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Where its products are computed. It is asked for no other place.</summary>
    public virtual ExecutionPlace Place => ExecutionPlace.Cpu;

    /// <summary>Brings rows of a matrix into the form that this backend multiplies, or passes.</summary>
    /// <param name="matrix">The matrix as the packed file holds it. It is immutable and may be kept.</param>
    /// <param name="request">The rows, and how they are to be multiplied.</param>
    /// <returns>
    /// A matrix of <see cref="PackedRequest.Rows"/> rows; null when this backend does not take the matrix, the instructions or the precision.
    /// </returns>
    /// <exception cref="ArgumentException">The matrix holds a scale or a weight that is not finite.</exception>
    public abstract PackedMatrix? Create(CodedMatrix matrix, in PackedRequest request);
}
