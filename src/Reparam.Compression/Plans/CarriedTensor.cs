using System.Collections.Immutable;
using Reparam.Checkpoints;

namespace Reparam.Compression.Plans;

/// <summary>A tensor that is carried, and why.</summary>
/// <param name="Tensor">Its name.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Reason">Why it is not coded.</param>
public sealed record CarriedTensor(string Tensor, long Bytes, CarryReason Reason)
{
    /// <summary>The reason that a tensor gives by itself; null for one that can be coded.</summary>
    public static CarryReason? ReasonOf(TensorInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return !CheckpointCompressor.CanCode(info.DType) ? CarryReason.Type
            : info.Shape.Length < 2 || info.ElementCount == 0 ? CarryReason.FewDimensions
            : null;
    }

    /// <summary>How many tensors are carried for each reason, in words: <c>20 with fewer than two dimensions, 2 quantised already</c>.</summary>
    public static string Summary(ImmutableArray<CarriedTensor> tensors) => string.Join(
        ", ", tensors.CountBy(tensor => tensor.Reason).OrderBy(count => count.Key).Select(count => $"{count.Value} {Words(count.Key)}"));

    private static string Words(CarryReason reason) => reason switch
    {
        CarryReason.NotPlanned => "not annotated",
        CarryReason.FewDimensions => "with fewer than two dimensions",
        CarryReason.Type => "of a type that cannot be coded",
        CarryReason.Quantized => "quantised already",
        CarryReason.QuantizationParameter => "scales or zero points",
        CarryReason.Derived => "buffers that models compute",
        CarryReason.Excluded => "left out by name",
        _ => "that would not get smaller",
    };
}
