using System.Buffers;
using System.Globalization;
using Reparam.Checkpoints;
using Reparam.Merging.Diagnostics;

namespace Reparam.Merging.Engine;

/// <summary>One opened checkpoint.</summary>
/// <param name="path">As the user gave it.</param>
/// <param name="checkpoint">What was opened.</param>
/// <param name="hash">SHA-256 of the bytes of what the user gave, in lower-case hexadecimal.</param>
internal sealed class Source(string path, ICheckpoint checkpoint, string hash) : IDisposable
{
    /// <summary>As the user gave it.</summary>
    public string Path { get; } = path;

    /// <summary>Name without its folder: what stands in the result does not depend on where the files lay.</summary>
    public string FileName { get; } = System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(path));

    /// <summary>What was opened.</summary>
    public ICheckpoint Checkpoint { get; } = checkpoint;

    /// <summary>SHA-256 of the bytes of what the user gave.</summary>
    public string Hash { get; } = hash;

    /// <inheritdoc/>
    public void Dispose() => Checkpoint.Dispose();

    /// <summary>Reads elements of a floating tensor.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="start">Index of the first element.</param>
    /// <param name="destination">As many elements as are read.</param>
    /// <exception cref="CheckpointOperationException">RPB0173: an element is NaN or infinite.</exception>
    public void Read(string name, long start, Span<double> destination)
    {
        var dtype = Checkpoint.Info(name).DType;
        var size = dtype.BitSize() / 8;
        var buffer = ArrayPool<byte>.Shared.Rent(destination.Length * size);
        try
        {
            var bytes = buffer.AsSpan(0, destination.Length * size);
            Checkpoint.Read(name, start * size, bytes);
            FloatElements.ToDoubles(dtype, bytes, destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        for (var i = 0; i < destination.Length; i++)
        {
            if (!double.IsFinite(destination[i]))
            {
                throw new CheckpointOperationException(Path, OperationCodes.ValueProblem, string.Create(
                    CultureInfo.InvariantCulture,
                    $"tensor '{name}': found {destination[i]} at element {start + i}, expected a finite number; --keep {name} takes the tensor as it is"));
            }
        }
    }
}
