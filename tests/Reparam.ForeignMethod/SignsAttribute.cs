namespace Reparam.ForeignMethod;

/// <summary>A weight is the sign of the dense one times one scale for each row: w ≈ α·sign(w).</summary>
[ReparamMethod("signs", Layers = LayerKinds.All)]
public sealed class SignsAttribute : PostTrainingAttribute
{
    /// <summary>How the scale of a row is found: the mean magnitude of its weights, or their median.</summary>
    public SignsScale Scale { get; set; }

    /// <summary>Factor on every scale.</summary>
    [ReparamRange(0.5, 2)]
    public double Gain { get; set; } = 1;
}
