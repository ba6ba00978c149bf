using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed.Uniform;

namespace Reparam.Runtime.Packed;

/// <summary>The formats that have kernels of their own. What is not in the list runs by its row decoder.</summary>
internal static class FormatKernelList
{
    private static readonly FormatKernels[] All =
    [
        new RowKernels(),
        new ColumnKernels(),
        new Block8Kernels(),
        new NestedKernels(),
        new CodebookKernels(),
        new UniformKernels(),
    ];

    /// <summary>The kernels of a matrix's format; null when it has none of its own.</summary>
    public static FormatKernels? Find(CodedMatrix matrix) => Array.Find(All, kernels => kernels.Takes(matrix));
}
