using System.Buffers;
using Reparam.Checkpoints;
using Reparam.Merging.Engine;

namespace Reparam.Merging;

/// <summary>
/// One floating tensor in all inputs. All have its name and shape; their types may be F64, F32, F16 and BF16 side by side, and all are read as doubles,
/// which loses nothing.
/// </summary>
public sealed class TensorInputs
{
    private readonly SourceSet sources;
    private readonly int threads;
    private readonly CancellationToken cancellation;

    internal TensorInputs(SourceSet sources, TensorInfo info, string randomName, int threads, CancellationToken cancellation)
    {
        this.sources = sources;
        this.threads = threads;
        this.cancellation = cancellation;
        Info = info;
        RandomName = randomName;
    }

    /// <summary>Name and shape of the tensor, with the type that the result has.</summary>
    public TensorInfo Info { get; }

    /// <summary>Number of inputs, without the base.</summary>
    public int InputCount => sources.Inputs.Length;

    /// <summary>Whether there is a base.</summary>
    public bool HasBase => sources.Base is not null;

    /// <summary>
    /// The name to draw random numbers by (<see cref="CounterRandom"/>): the tensor's own, or that of the first of several tensors that are one tensor
    /// under several names in all inputs, so that
    /// they stay one.
    /// </summary>
    public string RandomName { get; }

    /// <summary>Reads elements of an input.</summary>
    /// <param name="input">From 0.</param>
    /// <param name="start">Index of the first element.</param>
    /// <param name="destination">As many elements as are read.</param>
    /// <exception cref="CheckpointOperationException">RPB0173: an element is NaN or infinite.</exception>
    public void Read(int input, long start, Span<double> destination) => sources.Inputs[input].Read(Info.Name, start, destination);

    /// <summary>Reads elements of the base.</summary>
    /// <param name="start">Index of the first element.</param>
    /// <param name="destination">As many elements as are read.</param>
    /// <exception cref="InvalidOperationException">There is no base.</exception>
    /// <exception cref="CheckpointOperationException">RPB0173: an element is NaN or infinite.</exception>
    public void ReadBase(long start, Span<double> destination) =>
        (sources.Base ?? throw new InvalidOperationException("there is no base: mark the operation with NeedsBase = true")).Read(Info.Name, start, destination);

    /// <summary>Reads an input minus the base: its task vector.</summary>
    /// <param name="input">From 0.</param>
    /// <param name="start">Index of the first element.</param>
    /// <param name="destination">As many elements as are read.</param>
    /// <exception cref="InvalidOperationException">There is no base.</exception>
    /// <exception cref="CheckpointOperationException">RPB0173: an element is NaN or infinite.</exception>
    public void ReadDifference(int input, long start, Span<double> destination)
    {
        Read(input, start, destination);
        var subtrahend = ArrayPool<double>.Shared.Rent(destination.Length);
        try
        {
            ReadBase(start, subtrahend.AsSpan(0, destination.Length));
            for (var i = 0; i < destination.Length; i++)
            {
                destination[i] -= subtrahend[i];
            }
        }
        finally
        {
            ArrayPool<double>.Shared.Return(subtrahend);
        }
    }

    /// <summary>Which elements of an input's task vector are its largest by magnitude. Exact for a tensor of any size, with little memory.</summary>
    /// <param name="input">From 0.</param>
    /// <param name="count">How many, at least 1. Of equal magnitudes the ones with the lower index are taken.</param>
    /// <exception cref="InvalidOperationException">There is no base.</exception>
    /// <exception cref="CheckpointOperationException">RPB0173: an element is NaN or infinite.</exception>
    public MagnitudeCut LargestDifferences(int input, long count) =>
        MagnitudeSelection.Largest(Info.ElementCount, count, (start, values) => ReadDifference(input, start, values), threads, cancellation);

    /// <summary>Goes through all blocks of the tensor from front to back, for sums over it. The blocks are the same whatever the number of threads.</summary>
    /// <param name="visit">Sees a block; its <see cref="TensorBlock.Result"/> goes nowhere.</param>
    public void ForEachBlock(BlockFunction visit)
    {
        ArgumentNullException.ThrowIfNull(visit);
        var block = new TensorBlock(InputCount, HasBase, (int)Math.Min(Blocks.Length, Info.ElementCount));
        for (long start = 0; start < Info.ElementCount; start += Blocks.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            block.Fill(this, start, Blocks.LengthAt(start, Info.ElementCount));
            visit(block);
        }
    }
}
