using Reparam.Compression.ShiftAdd;

namespace Reparam.Compression.Plans;

/// <summary>What is to be done with one weight.</summary>
/// <param name="Tensor">Name of the weight in the checkpoint.</param>
/// <param name="Options">How it is coded.</param>
/// <param name="Fixed">True: a bit budget leaves the options as they are.</param>
public sealed record LayerPlan(string Tensor, ShiftAddOptions Options, bool Fixed = false)
{
    /// <summary>True: an embedding, whose rows are looked up; it has no inputs that a calibration could know. Default false.</summary>
    public bool IsLookedUp { get; init; }
}
