namespace Reparam;

/// <summary>
/// Post-training weights on uniform grids: w ≈ s·(q − z) with an integer q of a few bits, and a scale s and zero point z for each group of inputs. With
/// calibration it is GPTQ (Frantar et al., ICLR 2023, arXiv 2210.17323). Applied to the checkpoint by the build. With <see cref="Activations"/> the layer's
/// inputs are rounded too, in training as in the app.
/// </summary>
/// <param name="bits">Bits of a weight, 2 to 8.</param>
[ReparamMethod("uniform", Layers = LayerKinds.All, Source = "GPTQ: Frantar et al., ICLR 2023, arXiv 2210.17323")]
[ReparamInputMap("Reparam.Training.Uniform.UniformInputMap", When = nameof(Activations))]
public sealed class UniformAttribute([ReparamRange(2, 8)] int bits) : PostTrainingAttribute
{
    /// <summary>Bits of a weight.</summary>
    public int Bits { get; } = bits;

    /// <summary>
    /// Inputs that share a scale and a zero point: a multiple of 8, or 0 for a whole row (one output channel). Default 128. A group as wide as the row or
    /// wider is the row.
    /// </summary>
    [ReparamRange(0, 65536, MultipleOf = 8)]
    public int GroupSize { get; set; } = 128;

    /// <summary>True: grids are symmetric around 0 and no zero point is stored. Default false: a grid spans the group's range, 0 included.</summary>
    public bool Symmetric { get; set; }

    /// <summary>
    /// How weights are rounded: <see cref="UniformRounding.Nearest"/>, <see cref="UniformRounding.ErrorFeedback"/>, or <see cref="UniformRounding.Auto"/>,
    /// the default, which takes the latter where there is calibration.
    /// </summary>
    public UniformRounding Rounding { get; set; } = UniformRounding.Auto;

    /// <summary>
    /// True: each grid's range is shrunk as far as this lowers the squared error of its weights, with calibration weighted by the second moments of their
    /// inputs. Default false: it spans all weights.
    /// </summary>
    public bool ClipSearch { get; set; }

    /// <summary>
    /// With error feedback. True: columns are rounded in the order of falling second moment of their inputs, on grids that are chosen beforehand; nothing of
    /// the order is stored. Default false: columns as they stand, and each group's grid is chosen when its turn comes.
    /// </summary>
    public bool ActOrder { get; set; }

    /// <summary>With error feedback: the share of the mean second moment that is added to each, 0.000001 to 1. Default 0.01.</summary>
    [ReparamRange(0.000001, 1)]
    public double Damping { get; set; } = 0.01;

    /// <summary>
    /// Bits that the layer's inputs are rounded to: 8, or 0, the default, for inputs as they are. The layer trains with rounded inputs once
    /// <c>model.CalibrateReparam(...)</c> has shown their range. An embedding has no inputs: there it means nothing.
    /// </summary>
    [ReparamRange(0, 8, MultipleOf = 8)]
    public int Activations { get; set; }

    /// <summary>
    /// With <see cref="Activations"/>. True: each input channel has a scale and a zero point of its own (per channel). Default false: all inputs of the layer
    /// share one (per tensor), which runs faster.
    /// </summary>
    public bool ActivationsPerChannel { get; set; }
}
