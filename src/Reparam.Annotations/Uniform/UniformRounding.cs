namespace Reparam;

/// <summary>How <see cref="UniformAttribute"/> rounds weights to its grids.</summary>
public enum UniformRounding
{
    /// <summary><see cref="ErrorFeedback"/> where the layer has calibration, <see cref="Nearest"/> where it has none.</summary>
    Auto,

    /// <summary>Each weight to the nearest integer of its grid; halves to the even one.</summary>
    Nearest,

    /// <summary>
    /// Column by column, each with the errors of those before it, so that the layer's outputs stay close (GPTQ, Frantar et al., ICLR 2023, arXiv 2210.17323).
    /// Needs calibration.
    /// </summary>
    ErrorFeedback,
}
