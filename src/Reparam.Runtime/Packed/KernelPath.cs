namespace Reparam.Runtime.Packed;

/// <summary>The instructions that a packed product runs on.</summary>
public enum KernelPath
{
    /// <summary>Plain loops with sums in double precision: the oracle of the other paths, and the last resort.</summary>
    Scalar,

    /// <summary>Portable 128-bit vectors: Arm, and x64 programs compiled ahead of time without further settings.</summary>
    Vector128,

    /// <summary>256-bit byte shuffles (AVX2 and FMA).</summary>
    Avx2,

    /// <summary>512-bit byte permutations (AVX-512 BW and VBMI).</summary>
    Avx512,
}
