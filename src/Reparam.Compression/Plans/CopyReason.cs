namespace Reparam.Compression.Plans;

/// <summary>Why a tensor is in the packed file as it was in the checkpoint.</summary>
public enum CopyReason
{
    /// <summary>The plan does not name it: in a build, it has no annotation.</summary>
    NotPlanned,

    /// <summary>It has fewer than two dimensions, or no elements: norm weights, biases, running statistics.</summary>
    FewDimensions,

    /// <summary>Its type cannot be coded: integers, booleans, complex numbers.</summary>
    Type,

    /// <summary>It is a weight that is quantised already.</summary>
    Quantized,

    /// <summary>It is a scale, a zero point or another number that a quantised weight is decoded with.</summary>
    QuantizationParameter,

    /// <summary>It is a buffer that a model computes, such as a causal mask; <see cref="Checkpoints.DerivedTensors"/>.</summary>
    Derived,

    /// <summary>The user's expressions leave it out.</summary>
    Excluded,

    /// <summary>Coded, it would take no less space than it does.</summary>
    Grows,
}
