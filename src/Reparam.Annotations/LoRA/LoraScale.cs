namespace Reparam;

/// <summary>The scale s of a low-rank adapter.</summary>
public enum LoraScale
{
    /// <summary>s = α/r.</summary>
    Standard,

    /// <summary>s = α/√r (rsLoRA, Kalajdzievski 2023, arXiv 2312.03732).</summary>
    RankStabilized,
}
