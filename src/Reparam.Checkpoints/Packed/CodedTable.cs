using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Reparam.Checkpoints.Packed;

/// <summary>
/// A table that weights are decoded with, as a packed file stores it: once, however many weights have the same one. Tables of the same type, shape and bytes
/// are equal.
/// </summary>
public sealed class CodedTable : IEquatable<CodedTable>
{
    /// <summary>Takes a table; it is kept, not copied.</summary>
    /// <param name="dtype">Element type.</param>
    /// <param name="shape">Dimensions, slowest first.</param>
    /// <param name="bytes">The elements, little-endian, last dimension fastest.</param>
    /// <exception cref="ArgumentException">The number of bytes does not fit type and shape.</exception>
    public CodedTable(DType dtype, ImmutableArray<long> shape, ReadOnlyMemory<byte> bytes)
    {
        var info = new TensorInfo("", dtype, shape);
        if (info.ByteLength != bytes.Length)
        {
            throw new ArgumentException($"the table has {bytes.Length} bytes; {info.Describe()} takes {info.ByteLength}", nameof(bytes));
        }

        DType = dtype;
        Shape = shape;
        Bytes = bytes;
    }

    /// <summary>Element type.</summary>
    public DType DType { get; }

    /// <summary>Dimensions, slowest first.</summary>
    public ImmutableArray<long> Shape { get; }

    /// <summary>The elements, little-endian, last dimension fastest.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>A table of small integers.</summary>
    internal static CodedTable Of(ImmutableArray<long> shape, ReadOnlySpan<sbyte> entries) => new(DType.I8, shape, MemoryMarshal.AsBytes(entries).ToArray());

    /// <inheritdoc/>
    public bool Equals(CodedTable? other) =>
        other is not null && DType == other.DType && Shape.AsSpan().SequenceEqual(other.Shape.AsSpan()) && Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CodedTable);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(DType);
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }
}
