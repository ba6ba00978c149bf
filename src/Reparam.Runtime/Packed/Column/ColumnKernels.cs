using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>Kernels of the column layout.</summary>
internal sealed class ColumnKernels : BlockScaleKernels
{
    public override bool Takes(CodedMatrix matrix) => matrix is BinaryCodedMatrix { Format: ColumnFormat };
}
