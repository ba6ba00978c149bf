using System.Collections.Immutable;
using Reparam.Checkpoints;

namespace Reparam.Compression.Plans;

/// <summary>A tensor that is copied, and why.</summary>
/// <param name="Tensor">Its name.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Reason">Why it is not coded.</param>
public sealed record CopiedTensor(string Tensor, long Bytes, CopyReason Reason)
{
    /// <summary>The reason that a tensor gives by itself; null for one that can be coded.</summary>
    public static CopyReason? ReasonOf(TensorInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return !CheckpointCompressor.CanCode(info.DType) ? CopyReason.Type
            : info.Shape.Length < 2 || info.ElementCount == 0 ? CopyReason.FewDimensions
            : null;
    }

    /// <summary>How many tensors are copied for each reason, in words: <c>20 with fewer than two dimensions, 2 quantised already</c>.</summary>
    public static string Summary(ImmutableArray<CopiedTensor> tensors) => string.Join(
        ", ", tensors.CountBy(tensor => tensor.Reason).OrderBy(count => count.Key).Select(count => $"{count.Value} {Words(count.Key)}"));

    private static string Words(CopyReason reason) => reason switch
    {
        CopyReason.NotPlanned => "not annotated",
        CopyReason.FewDimensions => "with fewer than two dimensions",
        CopyReason.Type => "of a type that cannot be coded",
        CopyReason.Quantized => "quantised already",
        CopyReason.QuantizationParameter => "scales or zero points",
        CopyReason.Derived => "buffers that models compute",
        CopyReason.Excluded => "left out by name",
        _ => "that would not get smaller",
    };
}
