namespace Reparam.Compression.Plans;

/// <summary>The weights of the kinds of layers.</summary>
internal static class WeightShapes
{
    /// <summary>Number of dimensions of a kind's weight; 0 for a kind that is not known.</summary>
    /// <param name="kind">A kind as a manifest names it.</param>
    public static int RankOf(string kind) => FormOf(kind).Rank;

    /// <summary>The same with a sentence for messages.</summary>
    public static (int Rank, string Form) FormOf(string kind) => kind switch
    {
        "linear" => (2, "a linear layer has a weight [out, in]"),
        "conv1d" => (3, "a conv1d layer has a weight [out, in/groups, k]"),
        "conv2d" => (4, "a conv2d layer has a weight [out, in/groups, kh, kw]"),
        "embedding" => (2, "an embedding has a weight [rows, width]"),
        _ => (0, ""),
    };
}
