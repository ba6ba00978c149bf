using static TorchSharp.torch;

namespace Reparam.Training.AdaLoRA;

/// <summary>
/// Importance of each rank of a layer: s(p) = Ī·Ū with I = |p·∂L/∂p|, Ī its running mean and Ū the running mean of |I − Ī|; of rank i, S = s(Eᵢ) + meanⱼ
/// s(Aᵢⱼ) + meanₖ s(Bₖᵢ).
/// </summary>
internal static class ImportanceScores
{
    private static readonly string[] Factors = ["a", "e", "b"];

    /// <summary>Scores of nothing seen.</summary>
    public static void Clear(RuleLayer layer)
    {
        foreach (var factor in Factors)
        {
            var parameter = layer.Parameter(factor);
            var none = zeros_like(parameter, Precise(parameter.dtype));
            layer.State.Set("sensitivity_" + factor, none);
            layer.State.Set("uncertainty_" + factor, none);
        }
    }

    /// <summary>Takes the gradients of a step into account; false if they are all zero.</summary>
    /// <exception cref="InvalidOperationException">A parameter has no gradient.</exception>
    public static bool Update(RuleLayer layer, AdaLoRAAttribute options)
    {
        var isAny = false;
        foreach (var factor in Factors)
        {
            var parameter = layer.Parameter(factor);
            var gradient = parameter.grad ?? throw new InvalidOperationException(
                $"{layer.Path} (AdaLoRA): '{factor}' has no gradient. Call AfterOptimizerStep() after backward() and optimizer.step(), and "
                    + "zero_grad() after it.");
            var type = Precise(parameter.dtype);
            isAny |= gradient.count_nonzero().item<long>() > 0;
            var now = (parameter.detach().to(type) * gradient.to(type)).abs();
            var sensitivity = (layer.State["sensitivity_" + factor].to(type) * options.Beta1) + (now * (1 - options.Beta1));
            var uncertainty = (layer.State["uncertainty_" + factor].to(type) * options.Beta2) + ((now - sensitivity).abs() * (1 - options.Beta2));
            layer.State.Set("sensitivity_" + factor, sensitivity);
            layer.State.Set("uncertainty_" + factor, uncertainty);
        }

        return isAny;
    }

    /// <summary>S of each rank, [r].</summary>
    public static Tensor Of(RuleLayer layer) => Score(layer, "e").flatten() + Score(layer, "a").mean([1]) + Score(layer, "b").mean([0]);

    private static Tensor Score(RuleLayer layer, string factor) => layer.State["sensitivity_" + factor] * layer.State["uncertainty_" + factor];

    private static ScalarType Precise(ScalarType type) => type == ScalarType.Float64 ? type : ScalarType.Float32;
}
