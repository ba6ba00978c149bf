using System.Runtime.InteropServices;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>
/// The values of tensors whose sign PyTorch keeps beside them: <c>torch.imag</c> of a conjugate and the like are views with a mark that says "negated" or
/// "conjugated".
/// </summary>
internal static class SignBits
{
    /// <summary>What turns stored elements into the tensor's values; null when they are the same.</summary>
    public static Action<Span<byte>>? Transform(TorchTensor tensor)
    {
        if (!tensor.Negated && !tensor.Conjugated)
        {
            return null;
        }

        var (first, second) = (tensor.Negated, tensor.Negated != tensor.Conjugated);
        return tensor.Storage.Type.DType switch
        {
            DType.C64 => bytes => FlipComplex(bytes, first, second),
            DType.U8 or DType.I8 => NegateBytes,
            DType.I16 or DType.U16 => bytes => Each<short>(bytes, value => (short)-value),
            DType.I32 or DType.U32 => bytes => Each<int>(bytes, value => unchecked(-value)),
            DType.I64 or DType.U64 => bytes => Each<long>(bytes, value => unchecked(-value)),
            _ => bytes => FlipHighest(bytes, tensor.Storage.Type.Bytes),
        };
    }

    // The sign of a float is the highest bit of its last byte: flipping it negates zeros, infinities and NaN too, as PyTorch does.
    private static void FlipHighest(Span<byte> bytes, int size)
    {
        for (var i = size - 1; i < bytes.Length; i += size)
        {
            bytes[i] ^= 0x80;
        }
    }

    private static void FlipComplex(Span<byte> bytes, bool real, bool imaginary)
    {
        for (var i = 0; i < bytes.Length; i += 2 * sizeof(float))
        {
            bytes[i + sizeof(float) - 1] ^= (byte)(real ? 0x80 : 0);
            bytes[i + (2 * sizeof(float)) - 1] ^= (byte)(imaginary ? 0x80 : 0);
        }
    }

    private static void NegateBytes(Span<byte> bytes)
    {
        foreach (ref var value in bytes)
        {
            value = unchecked((byte)-value);
        }
    }

    private static void Each<T>(Span<byte> bytes, Func<T, T> negate) where T : unmanaged
    {
        foreach (ref var value in MemoryMarshal.Cast<byte, T>(bytes))
        {
            value = negate(value);
        }
    }
}
