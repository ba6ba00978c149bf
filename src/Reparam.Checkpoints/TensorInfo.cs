using System.Collections.Immutable;

namespace Reparam.Checkpoints;

/// <summary>Name, type and shape of a stored tensor.</summary>
public sealed class TensorInfo
{
    /// <summary>Takes the parts and computes the size.</summary>
    /// <exception cref="ArgumentException">A dimension is negative, or the size is not a whole number of bytes that 63 bits hold.</exception>
    public TensorInfo(string name, DType dtype, ImmutableArray<long> shape)
    {
        if (Sizing.Problem(dtype, shape.AsSpan(), out var elements, out var bytes) is { } problem)
        {
            throw new ArgumentException(problem, nameof(shape));
        }

        Name = name;
        DType = dtype;
        Shape = shape;
        ElementCount = elements;
        ByteLength = bytes;
    }

    /// <summary>Name of the tensor.</summary>
    public string Name { get; }

    /// <summary>Element type.</summary>
    public DType DType { get; }

    /// <summary>Dimensions, slowest first; empty for a scalar.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>Number of elements: the product of the dimensions.</summary>
    public long ElementCount { get; }

    /// <summary>Number of bytes of the data.</summary>
    public long ByteLength { get; }

    /// <summary>Type and shape, such as <c>F32 [64, 3]</c>.</summary>
    public string Describe() => $"{DType.FormatName()} [{string.Join(", ", Shape)}]";

    /// <inheritdoc/>
    public override string ToString() => $"{Name}: {Describe()}";
}
