using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>The last resort, and the oracle of the others: takes every matrix on every path.</summary>
internal sealed class ReferenceBackend : PackedBackend
{
    public override string Name => "reference";

    public override PackedMatrix Create(CodedMatrix matrix, in PackedRequest request) => new ReferenceMatrix(matrix, request.FirstRow, request.Rows);
}
