namespace Reparam.Training;

/// <summary>What a method may want to know of the layer whose weight it changes.</summary>
/// <param name="Layer">Name of the layer, for messages: <c>Block.Query</c>.</param>
/// <param name="Kind">Which of the four layers it is; one flag only.</param>
/// <param name="Weight">Shape of the weight: [out, in], [out, in/groups, k], [out, in/groups, kh, kw], or [rows, width] of an embedding.</param>
/// <param name="Groups">Groups of a convolution; 1 elsewhere.</param>
public sealed record LayerShape(string Layer, LayerKinds Kind, IReadOnlyList<long> Weight, long Groups = 1)
{
    /// <summary>Rows of the weight seen as a matrix [out, rest]; of an embedding its rows.</summary>
    public long Rows => Weight[0];

    /// <summary>Columns of the weight seen as a matrix [out, rest].</summary>
    public long Columns => Weight.Skip(1).Aggregate(1L, (product, side) => product * side);

    /// <summary>The largest rank that the weight, seen as that matrix, can have.</summary>
    public long MaxRank => Math.Min(Rows, Columns);

    /// <summary>The dimension of the weight that counts the layer's outputs: 0, or 1 of an embedding.</summary>
    public int OutputDimension => Kind == LayerKinds.Embedding ? 1 : 0;

    /// <summary>The shape in brackets, for messages: <c>[64, 32, 3, 3]</c>.</summary>
    public string WeightText => $"[{string.Join(", ", Weight)}]";

    /// <summary>The shape that one value per output has, so that it broadcasts over the weight: [out, 1, ...], or [1, width] of an embedding.</summary>
    public long[] PerOutput()
    {
        var shape = Enumerable.Repeat(1L, Weight.Count).ToArray();
        shape[OutputDimension] = Weight[OutputDimension];
        return shape;
    }
}
