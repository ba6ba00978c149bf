using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Reparam.Checkpoints.Safetensors;
using Reparam.Checkpoints.Sharding;

namespace Reparam.Checkpoints;

/// <summary>Typed reading of any checkpoint.</summary>
public static class CheckpointExtensions
{
    private const int CopyPart = 1 << 20;

    /// <summary>
    /// The stored bytes of a tensor, little-endian, last dimension fastest. What is read whole is held against its checksum, where the file has one.
    /// </summary>
    /// <exception cref="CheckpointException">No such tensor, it is too long for one array: read it in parts, or its checksum is another.</exception>
    public static ReadOnlySpan<byte> Bytes(this ICheckpoint checkpoint, string name)
    {
        var info = checkpoint.Info(name);
        if (info.ByteLength > Array.MaxLength)
        {
            throw new CheckpointException(
                checkpoint.Path, name, CheckpointRule.Length,
                $"found {info.ByteLength} bytes, expected at most {Array.MaxLength} for one array: read it in parts");
        }

        var bytes = new byte[info.ByteLength];
        new TensorReader(checkpoint, name).Read(bytes);
        return bytes;
    }

    /// <summary>A part of the stored bytes.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="name">The tensor.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Number of bytes.</param>
    /// <exception cref="CheckpointException">No such tensor, or the file cannot be read any more.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie within the tensor.</exception>
    public static ReadOnlySpan<byte> Bytes(this ICheckpoint checkpoint, string name, long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, checkpoint.Info(name).ByteLength);
        var bytes = new byte[length];
        checkpoint.Read(name, offset, bytes);
        return bytes;
    }

    /// <summary>Finds out whether the files are, by length and time, those that were opened: what was read is then of one checkpoint, not of two.</summary>
    /// <exception cref="CheckpointException">A file was written to meanwhile.</exception>
    public static void RequireUnchanged(this ICheckpoint checkpoint)
    {
        switch (checkpoint)
        {
            case RewrittenCheckpoint rewritten:
                rewritten.Source.RequireUnchanged();
                break;
            case SafetensorsFile file:
                file.RequireUnchanged();
                break;
            case ShardedCheckpoint sharded:
                sharded.RequireUnchanged();
                break;
            default:
                break;
        }
    }

    /// <summary>A tensor as floats: as <see cref="ReadSingles(ICheckpoint, string)"/>.</summary>
    /// <returns>[elements], last dimension fastest.</returns>
    /// <exception cref="CheckpointException">
    /// No such tensor, a type that has no conversion (floats below 16 bits, complex), or too many elements for an array.
    /// </exception>
    public static ReadOnlyMemory<float> Singles(this ICheckpoint checkpoint, string name) => checkpoint.ReadSingles(name);

    /// <summary>Reads a tensor as floats. F16, BF16 and integers below 25 bits exactly; F64 and wider integers rounded to the nearest float.</summary>
    /// <returns>[elements], last dimension fastest.</returns>
    /// <exception cref="CheckpointException">
    /// No such tensor, a type that has no conversion (floats below 16 bits, complex), or too many elements for an array.
    /// </exception>
    public static float[] ReadSingles(this ICheckpoint checkpoint, string name)
    {
        var info = checkpoint.Info(name);
        if (info.ElementCount > Array.MaxLength)
        {
            throw new CheckpointException(
                checkpoint.Path, name, CheckpointRule.Length, $"found {info.ElementCount} elements, expected at most {Array.MaxLength} for one array");
        }

        if (!ElementConversion.CanConvertToSingle(info.DType))
        {
            throw NotConvertible(checkpoint, info);
        }

        var values = new float[info.ElementCount];
        checkpoint.ReadSingles(name, values);
        return values;
    }

    /// <summary>Reads a tensor as floats into a buffer.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="name">The tensor.</param>
    /// <param name="destination">[elements], exactly as long as the tensor.</param>
    /// <exception cref="CheckpointException">No such tensor, a type that has no conversion, or a buffer of another length.</exception>
    public static void ReadSingles(this ICheckpoint checkpoint, string name, Span<float> destination)
    {
        var info = checkpoint.Info(name);
        if (!ElementConversion.CanConvertToSingle(info.DType))
        {
            throw NotConvertible(checkpoint, info);
        }

        RequireLength(checkpoint, info, destination.Length);
        var reader = new TensorReader(checkpoint, name);
        var buffer = info.DType == DType.F32 ? null : ArrayPool<byte>.Shared.Rent((int)Math.Min(CopyPart, info.ByteLength));
        try
        {
            var elementSize = info.DType.BitSize() / 8;
            var partElements = CopyPart / elementSize;
            for (var start = 0; start < destination.Length; start += partElements)
            {
                var part = destination.Slice(start, Math.Min(partElements, destination.Length - start));
                if (buffer is null)
                {
                    reader.Read(MemoryMarshal.AsBytes(part));
                    continue;
                }

                var bytes = buffer.AsSpan(0, part.Length * elementSize);
                reader.Read(bytes);
                ElementConversion.ToSingles(info.DType, bytes, part);
            }
        }
        finally
        {
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <summary>
    /// A tensor that is read into an array of its own type when its elements are first touched, which must be before the checkpoint is closed.
    /// </summary>
    /// <typeparam name="T">As for <see cref="ReadArray"/>.</typeparam>
    /// <returns>The elements. Touching them may throw what <see cref="ReadArray"/> throws.</returns>
    /// <exception cref="CheckpointException">No such tensor.</exception>
    public static ReadOnlyMemory<T> ReadArrayLazily<T>(this ICheckpoint checkpoint, string name) where T : unmanaged =>
        new LazyArray<T>(checkpoint, name).Memory;

    /// <summary>Copies a tensor into an array of its own type.</summary>
    /// <typeparam name="T">float, Half, double, bool or an integer type; the stored type must be the same (BF16 and 8-bit floats: read the bytes).</typeparam>
    /// <exception cref="CheckpointException">No such tensor, another type, or too many elements for an array.</exception>
    public static T[] ReadArray<T>(this ICheckpoint checkpoint, string name) where T : unmanaged
    {
        var info = checkpoint.Info(name);
        if (DTypeExtensions.Of<T>() != info.DType)
        {
            throw new CheckpointException(
                checkpoint.Path, name, CheckpointRule.Convertible, $"found {info.Describe()}, expected elements of {typeof(T).Name}");
        }

        if (info.ElementCount > Array.MaxLength)
        {
            throw new CheckpointException(
                checkpoint.Path, name, CheckpointRule.Length, $"found {info.ElementCount} elements, expected at most {Array.MaxLength} for one array");
        }

        var values = new T[info.ElementCount];
        var reader = new TensorReader(checkpoint, name);
        var partElements = CopyPart / Unsafe.SizeOf<T>();
        for (var start = 0; start < values.Length; start += partElements)
        {
            reader.Read(MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(partElements, values.Length - start))));
        }

        return values;
    }

    /// <summary>Writes the stored bytes of a tensor of any length to a stream.</summary>
    /// <exception cref="CheckpointException">
    /// No such tensor, the file cannot be read any more, or its checksum, which is compared at the end, is another.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void CopyTo(this ICheckpoint checkpoint, string name, Stream destination, CancellationToken cancellationToken = default)
    {
        var reader = new TensorReader(checkpoint, name);
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(CopyPart, reader.Remaining));
        try
        {
            while (reader.Remaining > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var part = buffer.AsSpan(0, (int)Math.Min(CopyPart, reader.Remaining));
                reader.Read(part);
                destination.Write(part);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether two tensors have the same type, shape and bytes.</summary>
    /// <exception cref="CheckpointException">No such tensor.</exception>
    public static bool SameContent(this ICheckpoint checkpoint, string first, string second)
    {
        var (a, b) = (checkpoint.Info(first), checkpoint.Info(second));
        if (a.DType != b.DType || !a.Shape.AsSpan().SequenceEqual(b.Shape.AsSpan()))
        {
            return false;
        }

        var (left, right) = (new TensorReader(checkpoint, first), new TensorReader(checkpoint, second));
        var length = (int)Math.Min(CopyPart, a.ByteLength);
        var (buffer, other) = (ArrayPool<byte>.Shared.Rent(length), ArrayPool<byte>.Shared.Rent(length));
        try
        {
            while (left.Remaining > 0)
            {
                var part = buffer.AsSpan(0, (int)Math.Min(length, left.Remaining));
                left.Read(part);
                right.Read(other.AsSpan(0, part.Length));
                if (!part.SequenceEqual(other.AsSpan(0, part.Length)))
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            ArrayPool<byte>.Shared.Return(other);
        }
    }

    private static CheckpointException NotConvertible(ICheckpoint checkpoint, TensorInfo info) =>
        new(checkpoint.Path, info.Name, CheckpointRule.Convertible, $"found {info.Describe()}, expected a type that converts to float");

    private static void RequireLength(ICheckpoint checkpoint, TensorInfo info, int length)
    {
        if (info.ElementCount != length)
        {
            throw new CheckpointException(
                checkpoint.Path, info.Name, CheckpointRule.Length, $"found {info.Describe()}, expected the {length} elements of the buffer");
        }
    }
}
