using System.Runtime.InteropServices;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;

namespace Reparam.Compression.Plans;

/// <summary>
/// Looks for NaN and infinities in the tensors that are copied as they are; a weight to be coded is refused by its coder. Negative infinities are legal
/// but in weights and biases: masks of an attention hold them.
/// </summary>
public static class FiniteCheck
{
    private const int Part = 1 << 20;

    /// <summary>One warning for each tensor that has some.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="copied">Names of the tensors to look at.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IEnumerable<CompressionProblem> Warnings(ICheckpoint checkpoint, IEnumerable<string> copied, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(copied);
        foreach (var name in copied)
        {
            var (nan, positive, negative) = Count(checkpoint, checkpoint.Info(name), cancellation);
            var infinite = positive + (name[(name.LastIndexOf('.') + 1)..] is "weight" or "bias" ? negative : 0);
            if (nan + infinite > 0)
            {
                yield return CompressionDiagnostics.NonFiniteTensor.With(
                    name, string.Join(
                        " and ", ((string?[])[nan > 0 ? $"NaN at {nan} places" : null,
                            infinite > 0 ? $"infinities at {infinite} places" : null]).OfType<string>()));
            }
        }
    }

    private static (long Nan, long Positive, long Negative) Count(ICheckpoint checkpoint, TensorInfo info, CancellationToken cancellation)
    {
        var count = default((long Nan, long Positive, long Negative));
        for (long start = 0; start < info.ByteLength && (info.DType is DType.F32 or DType.F16 or DType.BF16 or DType.F64); start += Part)
        {
            cancellation.ThrowIfCancellationRequested();
            var bytes = checkpoint.Bytes(info.Name, start, (int)Math.Min(Part, info.ByteLength - start));
            switch (info.DType)
            {
                case DType.F32:
                    foreach (var bits in MemoryMarshal.Cast<byte, uint>(bytes))
                    {
                        if ((bits & 0x7f800000) == 0x7f800000)
                        {
                            Add(ref count, (bits & 0x7fffff) != 0, bits >> 31 != 0);
                        }
                    }

                    break;
                case DType.F64:
                    foreach (var bits in MemoryMarshal.Cast<byte, ulong>(bytes))
                    {
                        if ((bits & 0x7ff0000000000000) == 0x7ff0000000000000)
                        {
                            Add(ref count, (bits & 0xfffffffffffff) != 0, bits >> 63 != 0);
                        }
                    }

                    break;
                default:
                    var exponent = info.DType == DType.F16 ? 0x7c00 : 0x7f80;
                    foreach (var bits in MemoryMarshal.Cast<byte, ushort>(bytes))
                    {
                        if ((bits & exponent) == exponent)
                        {
                            Add(ref count, (bits & 0x7fff & ~exponent) != 0, bits >> 15 != 0);
                        }
                    }

                    break;
            }
        }

        return count;
    }

    private static void Add(ref (long Nan, long Positive, long Negative) count, bool isNan, bool isNegative)
    {
        if (isNan)
        {
            count.Nan++;
        }
        else if (isNegative)
        {
            count.Negative++;
        }
        else
        {
            count.Positive++;
        }
    }
}
