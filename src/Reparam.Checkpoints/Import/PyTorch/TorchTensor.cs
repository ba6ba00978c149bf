using System.Collections.Immutable;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>A view of a storage: element (i, j, …) lies at offset + i·stride₀ + j·stride₁ + ….</summary>
internal sealed record TorchTensor(TorchStorage Storage, long Offset, ImmutableArray<long> Shape, ImmutableArray<long> Strides)
{
    /// <summary>Whether the elements lie one behind the other in the order of the shape.</summary>
    public bool IsContiguous
    {
        get
        {
            long expected = 1;
            for (var i = Shape.Length - 1; i >= 0; i--)
            {
                if (Shape[i] != 1 && Strides[i] != expected)
                {
                    return false;
                }

                expected *= Shape[i];
            }

            return true;
        }
    }

    /// <summary>Number of storage elements from the first to the last that the tensor touches; 0 when it is empty.</summary>
    public long Extent => Shape.Contains(0) ? 0 : 1 + Shape.Zip(Strides, (size, stride) => (size - 1) * stride).Sum();

    /// <summary>What is wrong with the view, or null.</summary>
    public string? Problem()
    {
        if (Sizing.Problem(Storage.DType, Shape.AsSpan(), out var elements, out _) is { } problem)
        {
            return problem;
        }

        // More elements than memory: an expanded view, whose size a few bytes can make astronomic.
        if (elements > Storage.Elements)
        {
            return $"found {elements} elements, expected at most the {Storage.Elements} of its storage";
        }

        Int128 last = Offset;
        foreach (var (size, stride) in Shape.Zip(Strides))
        {
            last += (Int128)Math.Max(size - 1, 0) * stride;
        }

        return Offset < 0 || Strides.Any(stride => stride < 0) || (elements > 0 && last >= Storage.Elements)
            ? $"found a view from {Offset} to {last}, expected it within the {Storage.Elements} elements of its storage"
            : null;
    }
}
