using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>Looks products up in tables of the inputs, where a format has kernels for that.</summary>
internal sealed class LookUpBackend : PackedBackend
{
    public override string Name => "tables";

    public override PackedMatrix? Create(CodedMatrix matrix, in PackedRequest request) =>
        request.Path == KernelPath.Scalar ? null : FormatKernelList.Find(matrix)?.LookUp(matrix, request);
}
