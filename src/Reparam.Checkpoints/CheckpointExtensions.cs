using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Reparam.Checkpoints.Safetensors;
using Reparam.Checkpoints.Sharding;

namespace Reparam.Checkpoints;

/// <summary>Typed reading of any checkpoint.</summary>
public static class CheckpointExtensions
{
    private const int CopyPart = 1 << 20;

    /// <summary>A tensor as floats: the mapped file itself where it holds floats, else a copy as of <see cref="ReadSingles(ICheckpoint, string)"/>.</summary>
    /// <returns>[elements], last dimension fastest; not to be used once the checkpoint is disposed.</returns>
    /// <exception cref="CheckpointException">
    /// No such tensor, a type that has no conversion (floats below 16 bits, complex), or too many elements for an array.
    /// </exception>
    public static ReadOnlyMemory<float> Singles(this ICheckpoint checkpoint, string name) =>
        checkpoint.Info(name).DType == DType.F32 && TryMap<float>(checkpoint, name) is { } mapped ? mapped : checkpoint.ReadSingles(name);

    /// <summary>A tensor of its own type: the mapped file itself where its elements are aligned, else a copy as of <see cref="ReadArray{T}"/>.</summary>
    /// <returns>[elements], last dimension fastest; not to be used once the checkpoint is disposed.</returns>
    /// <exception cref="CheckpointException">As for <see cref="ReadArray{T}"/>.</exception>
    internal static ReadOnlyMemory<T> MapArray<T>(this ICheckpoint checkpoint, string name)
        where T : unmanaged =>
        checkpoint.Info(name).DType == DTypeExtensions.Of<T>() && TryMap<T>(checkpoint, name) is { } mapped ? mapped : checkpoint.ReadArray<T>(name);

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
        var elementSize = info.DType.BitSize() / 8;
        var partElements = CopyPart / elementSize;
        for (var start = 0; start < destination.Length; start += partElements)
        {
            var count = Math.Min(partElements, destination.Length - start);
            ElementConversion.ToSingles(
                info.DType, checkpoint.Bytes(name, (long)start * elementSize, count * elementSize), destination.Slice(start, count));
        }
    }

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
        var elementSize = Unsafe.SizeOf<T>();
        var partElements = CopyPart / elementSize;
        for (var start = 0; start < values.Length; start += partElements)
        {
            var count = Math.Min(partElements, values.Length - start);
            checkpoint.Bytes(name, (long)start * elementSize, count * elementSize).CopyTo(MemoryMarshal.AsBytes(values.AsSpan(start, count)));
        }

        return values;
    }

    /// <summary>Writes the stored bytes of a tensor of any length to a stream.</summary>
    /// <exception cref="CheckpointException">No such tensor.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static void CopyTo(this ICheckpoint checkpoint, string name, Stream destination, CancellationToken cancellationToken = default)
    {
        var length = checkpoint.Info(name).ByteLength;
        for (long start = 0; start < length; start += CopyPart)
        {
            cancellationToken.ThrowIfCancellationRequested();
            destination.Write(checkpoint.Bytes(name, start, (int)Math.Min(CopyPart, length - start)));
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

        for (long start = 0; start < a.ByteLength; start += CopyPart)
        {
            var length = (int)Math.Min(CopyPart, a.ByteLength - start);
            if (!checkpoint.Bytes(first, start, length).SequenceEqual(checkpoint.Bytes(second, start, length)))
            {
                return false;
            }
        }

        return true;
    }

    private static unsafe ReadOnlyMemory<T>? TryMap<T>(ICheckpoint checkpoint, string name)
        where T : unmanaged
    {
        var info = checkpoint.Info(name);
        if (info.ElementCount is > 0 and <= int.MaxValue && checkpoint is SafetensorsFile or ShardedCheckpoint)
        {
            fixed (byte* start = checkpoint.Bytes(name, 0, sizeof(T)))
            {
                if ((nuint)start % (nuint)sizeof(T) == 0)
                {
                    return new MappedArray<T>(checkpoint, (T*)start, (int)info.ElementCount).Memory;
                }
            }
        }

        return null;
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
