namespace Reparam.Checkpoints;

/// <summary>Overflow-safe sizes of tensors.</summary>
internal static class Sizing
{
    /// <summary>Computes element count and byte length. Returns what is wrong, or null.</summary>
    public static string? Problem(DType dtype, ReadOnlySpan<long> shape, out long elements, out long bytes)
    {
        elements = 1;
        bytes = 0;
        foreach (var dimension in shape)
        {
            if (dimension < 0)
            {
                return $"found dimension {dimension}, expected none below 0";
            }

            // In the order of the dimensions, as the reference does: [2^40, 2^40, 0] overflows too.
            var product = (UInt128)(ulong)elements * (ulong)dimension;
            if (product > long.MaxValue)
            {
                return $"found shape [{string.Join(", ", shape.ToArray())}], expected a number of elements below 2^63";
            }

            elements = (long)product;
        }

        var bits = (UInt128)(ulong)elements * (ulong)dtype.BitSize();
        if (bits % 8 != 0)
        {
            return $"found {elements} elements of {dtype.BitSize()} bits, expected a whole number of bytes";
        }

        if (bits / 8 > long.MaxValue)
        {
            return $"found {elements} elements of {dtype.BitSize()} bits, expected fewer than 2^63 bytes";
        }

        bytes = (long)(bits / 8);
        return null;
    }
}
