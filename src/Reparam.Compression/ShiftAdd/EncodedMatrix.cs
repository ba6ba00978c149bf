using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd;

/// <summary>A coded matrix and what the coding cost.</summary>
/// <param name="Matrix">The codes and scales.</param>
/// <param name="RelativeError">‖W − Q‖ / ‖W‖ in the Frobenius norm; 0 for a matrix of zeros.</param>
public sealed record EncodedMatrix(BinaryCodedMatrix Matrix, double RelativeError);
