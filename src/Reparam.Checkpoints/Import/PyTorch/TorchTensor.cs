using System.Collections.Immutable;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>A view of a storage: element (i, j, …) lies at offset + i·stride₀ + j·stride₁ + ….</summary>
/// <param name="storage">The storage.</param>
/// <param name="offset">Place of the first element in the storage, in elements.</param>
/// <param name="shape">Sizes.</param>
/// <param name="strides">Steps in elements, one for each size.</param>
internal sealed class TorchTensor(TorchStorage storage, long offset, ImmutableArray<long> shape, ImmutableArray<long> strides)
{
    public TorchStorage Storage { get; } = storage;

    public long Offset { get; } = offset;

    public ImmutableArray<long> Shape { get; } = shape;

    public ImmutableArray<long> Strides { get; } = strides;

    /// <summary>Whether PyTorch stored the values with the opposite sign.</summary>
    public bool Negated { get; init; }

    /// <summary>Whether PyTorch stored the complex conjugates of the values.</summary>
    public bool Conjugated { get; init; }

    /// <summary>Name of the subclass of tensor that it was, or null.</summary>
    public string? Subclass { get; init; }

    /// <summary>Attributes that were set on the tensor; null for none.</summary>
    public object? State { get; set; }

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

    /// <summary>Takes tensors for equal that have the same elements at the same place.</summary>
    public static IEqualityComparer<TorchTensor> SameView { get; } = EqualityComparer<TorchTensor>.Create(
        (a, b) => a!.Storage == b!.Storage && a.Offset == b.Offset && a.Negated == b.Negated && a.Conjugated == b.Conjugated &&
            a.Shape.AsSpan().SequenceEqual(b.Shape.AsSpan()) && a.Strides.AsSpan().SequenceEqual(b.Strides.AsSpan()),
        tensor => HashCode.Combine(tensor.Storage.Key, tensor.Offset, tensor.Shape.Length, tensor.Shape.FirstOrDefault(), tensor.Strides.FirstOrDefault()));

    /// <summary>What is wrong with the view, or null.</summary>
    public string? Problem()
    {
        if (Storage.Type.DType is not { } dtype)
        {
            return $"found type {Storage.Type.Name}, which has no counterpart in safetensors";
        }

        if (Sizing.Problem(dtype, Shape.AsSpan(), out var elements, out _) is { } problem)
        {
            return problem;
        }

        if (Conjugated && dtype != DType.C64)
        {
            return $"found conjugated elements of type {Storage.Type.Name}, expected complex ones";
        }

        if (Negated && dtype is DType.Bool or DType.F8E4M3 or DType.F8E5M2 or DType.F8E4M3Fnuz or DType.F8E5M2Fnuz or DType.F8E8M0)
        {
            return $"found negated elements of type {Storage.Type.Name}, expected a type with a sign";
        }

        Int128 last = Offset;
        foreach (var (size, stride) in Shape.Zip(Strides))
        {
            last += (Int128)Math.Max(size - 1, 0) * stride;
        }

        var outside = elements == 0 ? Offset > Storage.Elements : last >= Storage.Elements;
        return Offset < 0 || outside || Strides.Any(stride => stride < 0)
            ? $"found a view from {Offset} to {last}, expected it within the {Storage.Elements} elements of its storage"
            : null;
    }
}
