namespace Reparam.Runtime;

/// <summary>One position of an indexing expression: an integer, a slice, an ellipsis, a new axis or a tensor of indices.</summary>
[Counterpart("TorchSharp.torch+TensorIndex")]
public readonly struct TensorIndex
{
    private TensorIndex(TensorIndexKind kind, long? start = null, long? stop = null, long? step = null, Tensor? indices = null)
    {
        Kind = kind;
        Start = start;
        Stop = stop;
        Step = step;
        Indices = indices;
    }

    internal TensorIndexKind Kind { get; }

    internal long? Start { get; }

    internal long? Stop { get; }

    internal long? Step { get; }

    internal Tensor? Indices { get; }

    /// <summary>As many full slices as are needed (<c>...</c>).</summary>
    [Counterpart("Ellipsis")]
    public static TensorIndex Ellipsis => new(TensorIndexKind.Ellipsis);

    /// <summary>A new dimension of size 1.</summary>
    [Counterpart("None")]
    public static TensorIndex None => new(TensorIndexKind.NewAxis);

    /// <summary>A new dimension of size 1.</summary>
    [Counterpart("Null")]
    public static TensorIndex Null => new(TensorIndexKind.NewAxis);

    /// <summary>The whole dimension (<c>:</c>).</summary>
    [Counterpart("Colon")]
    public static TensorIndex Colon => new(TensorIndexKind.Slice);

    /// <summary>A slice; negative positions count from the end, positions outside are cut to the dimension.</summary>
    /// <param name="start">First position; 0 when null.</param>
    /// <param name="stop">Position after the last; the size of the dimension when null.</param>
    /// <param name="step">Distance between positions, at least 1; 1 when null.</param>
    [Counterpart("Slice")]
    public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new(TensorIndexKind.Slice, start, stop, step);

    /// <summary>A slice from a C# range.</summary>
    [Counterpart("Slice")]
    public static TensorIndex Slice(Range range) => range;

    /// <summary>A single position, which removes the dimension; null adds a dimension of size 1.</summary>
    [Counterpart("Single")]
    public static TensorIndex Single(long? index) => index is { } position ? position : None;

    /// <summary>A new dimension: of size 1 for true, empty for false.</summary>
    [Counterpart("Bool")]
    public static TensorIndex Bool(bool value) => new(TensorIndexKind.Truth, value ? 1 : 0);

    /// <summary>A slice given as (start, stop).</summary>
    [Counterpart("Slice")]
    public static TensorIndex Slice((int? Start, int? Stop) range) => range;

    /// <summary>Positions taken from an integer tensor.</summary>
    [Counterpart("Tensor")]
    public static TensorIndex Tensor(Tensor tensor) => new(TensorIndexKind.Tensor, indices: tensor);

    /// <summary>A single position.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator TensorIndex(long value) => new(TensorIndexKind.Position, value);

    /// <summary>A single position, from the end when the index says so.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator TensorIndex(Index index) => FromIndex(index) is { } position ? position : throw EndIsNoPosition();

    /// <summary>A slice.</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator TensorIndex(Range range) => new(TensorIndexKind.Slice, FromIndex(range.Start) ?? long.MaxValue, FromIndex(range.End));

    /// <summary>A slice given as (start, stop).</summary>
    [Counterpart("op_Implicit")]
    public static implicit operator TensorIndex((int? Start, int? Stop) range) => new(TensorIndexKind.Slice, range.Start, range.Stop);

    // ^0 is the end itself, which no negative number can say.
    private static long? FromIndex(Index index) => !index.IsFromEnd ? index.Value : index.Value == 0 ? null : -index.Value;

    private static ArgumentOutOfRangeException EndIsNoPosition() => new("index", "^0 is past the last position of the dimension");
}
