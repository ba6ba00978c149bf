using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>A coded matrix and what the coding cost.</summary>
/// <param name="Matrix">The codes and scales.</param>
/// <param name="SquaredError">‖W − Q‖², Frobenius.</param>
/// <param name="SquaredNorm">‖W‖².</param>
public sealed record EncodedMatrix(BinaryCodedMatrix Matrix, double SquaredError, double SquaredNorm)
{
    /// <summary>‖W − Q‖ / ‖W‖; 0 for a matrix of zeros.</summary>
    public double RelativeError => SquaredNorm == 0 ? 0 : Math.Sqrt(SquaredError / SquaredNorm);
}
