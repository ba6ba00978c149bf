namespace Reparam;

/// <summary>Which weights of a shift-and-add layer share what.</summary>
public enum ShiftAddLayout
{
    /// <summary>Neighbouring inputs of one output share a set of scales: the fastest kernels and coder, more error than <see cref="Nested"/>.</summary>
    Row,

    /// <summary>Neighbouring outputs of one input share a set of scales: the accurate variant of ShiftAddLLM.</summary>
    Column,

    /// <summary>Eight inputs and a slice of outputs share a set of scales: the fast variant of ShiftAddLLM.</summary>
    Block8,

    /// <summary>Each 16 inputs of an output choose a profile of scales from a table: lower error than <see cref="Row"/> at equal size.</summary>
    Nested,

    /// <summary>Indices of learned vectors that overlap: the lowest error at about 2.5 bits, slow to code.</summary>
    Codebook,

    /// <summary>The layout with the lowest measured error that takes no more space than <see cref="Row"/> and a twentieth.</summary>
    Auto,
}
