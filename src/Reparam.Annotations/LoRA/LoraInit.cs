namespace Reparam;

/// <summary>How the factors of a low-rank adapter start.</summary>
public enum LoraInit
{
    /// <summary>A uniform in ±1/√in, B zero.</summary>
    Kaiming,

    /// <summary>A normal with variance 1/r, B zero.</summary>
    Gaussian,

    /// <summary>The principal r singular directions of the weight; the frozen weight keeps the rest (PiSSA, Meng et al. 2024, arXiv 2404.02948).</summary>
    PiSSA,
}
