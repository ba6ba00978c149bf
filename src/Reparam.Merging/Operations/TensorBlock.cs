namespace Reparam.Merging;

/// <summary>Consecutive elements of one tensor, in all inputs, as doubles.</summary>
public sealed class TensorBlock
{
    private readonly double[] values;
    private readonly int capacity;
    private readonly int offset;

    // Result, then the base where there is one, then the inputs.
    internal TensorBlock(int inputs, bool hasBase, int capacity)
    {
        this.capacity = capacity;
        InputCount = inputs;
        HasBase = hasBase;
        offset = hasBase ? 2 : 1;
        values = new double[(inputs + offset) * capacity];
    }

    /// <summary>Number of inputs, without the base.</summary>
    public int InputCount { get; }

    /// <summary>Whether there is a base.</summary>
    public bool HasBase { get; }

    /// <summary>Index of the first element in the tensor, last dimension fastest.</summary>
    public long Start { get; private set; }

    /// <summary>Number of elements.</summary>
    public int Length { get; private set; }

    /// <summary>The base's elements.</summary>
    /// <exception cref="InvalidOperationException">There is no base.</exception>
    public ReadOnlySpan<double> Base =>
        HasBase ? values.AsSpan(capacity, Length) : throw new InvalidOperationException("there is no base: mark the operation with NeedsBase = true");

    /// <summary>Where the merged elements go; zeros at first.</summary>
    public Span<double> Result => values.AsSpan(0, Length);

    /// <summary>An input's elements.</summary>
    /// <param name="input">From 0, in the order in which the inputs were given.</param>
    public ReadOnlySpan<double> Input(int input)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(input);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(input, InputCount);
        return values.AsSpan((input + offset) * capacity, Length);
    }

    internal void Fill(TensorInputs tensor, long start, int length)
    {
        Start = start;
        Length = length;
        Result.Clear();
        if (HasBase)
        {
            tensor.ReadBase(start, values.AsSpan(capacity, length));
        }

        for (var i = 0; i < InputCount; i++)
        {
            tensor.Read(i, start, values.AsSpan((i + offset) * capacity, length));
        }
    }
}
