namespace Reparam.Runtime.Levels;

/// <summary>How much of the x86-64 instruction set a program needs. The names are those of the x86-64 psABI; each level holds the one below.</summary>
internal enum ProcessorLevel
{
    /// <summary>x86-64: what a NativeAOT program needs when nothing is said (SSE4.2 is used where it is there).</summary>
    Baseline,

    /// <summary>x86-64-v3: AVX2, FMA, BMI1, BMI2, F16C, LZCNT, MOVBE and POPCNT.</summary>
    V3,

    /// <summary>x86-64-v4: AVX-512 F, BW, CD, DQ and VL as well. VBMI is not part of it and is asked for at run time.</summary>
    V4,
}
