using System.Text.Json.Serialization;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Kernels;

/// <summary>One packed product to measure.</summary>
/// <param name="Rows">Rows of the matrix.</param>
/// <param name="Columns">Columns of the matrix.</param>
/// <param name="Layout">Name of the packed format.</param>
/// <param name="Bits">Planes, 1 to 4.</param>
/// <param name="GroupSize">Weights that share a set of scales, where the layout has such groups.</param>
/// <param name="Precision">Kernel precision.</param>
/// <param name="Path">Kernel path.</param>
/// <param name="Batch">Input rows.</param>
internal sealed record KernelCase(
    int Rows, int Columns, string Layout, int Bits, int GroupSize = 128, KernelPrecision Precision = KernelPrecision.Default, KernelPath Path = KernelPath.Avx512, int Batch = 1)
{
    /// <summary>Whether the group size means anything.</summary>
    [JsonIgnore]
    public bool HasGroups => LayoutHasGroups(Layout);

    /// <summary>Operations of a product: a multiplication and an addition for each weight and input row.</summary>
    [JsonIgnore]
    public double Operations => 2.0 * Rows * Columns * Batch;

    /// <summary>Whether a layout has groups of a chosen size.</summary>
    public static bool LayoutHasGroups(string layout) => PackedFormats.Find(layout) is BinaryFormat;

    /// <summary>Random weights of this case.</summary>
    public CodedMatrix Matrix() => RandomMatrix.Create(Layout, Rows, Columns, Bits, GroupSize, Bits);

    /// <summary>The product, hot or cold.</summary>
    public PackedProduct Product(bool cold) => new(Matrix(), Path, Precision, Batch, cold);
}
