using Reparam;
using Reparam.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Foreign.Methods;

/// <summary>A model rule and nothing else: λ·½‖w‖² in the loss, gradients clipped to a norm over all layers, and the largest weight so far.</summary>
/// <param name="strength">λ.</param>
[ReparamMethod("Foreign.Methods.PullRule", Layers = LayerKinds.All)]
public sealed class PullAttribute(double strength) : ModelRuleAttribute
{
    public double Strength { get; } = strength;

    /// <summary>Largest norm of the gradients of all layers; 0 for any.</summary>
    public double Clip { get; set; }
}

public sealed class PullRule : ModelRule
{
    private static PullAttribute Of(RuleLayer layer) => (PullAttribute)layer.Options;

    protected override void Begin()
    {
        State.Set("largest", zeros(1));
        foreach (var layer in Layers)
        {
            layer.State.Set("steps", tensor(0L));
        }
    }

    protected override Tensor? Loss() => Layers.Select(l => l.Layer.Weight.square().sum() * (Of(l).Strength / 2)).Aggregate((a, b) => a + b);

    protected override void AfterBackward(long step)
    {
        var clip = Layers.Max(l => Of(l).Clip);
        var norm = Layers.Select(l => l.Layer.Weight.grad!.square().sum()).Aggregate((a, b) => a + b).sqrt().to(ScalarType.Float64).item<double>();
        foreach (var layer in Layers.Where(_ => clip > 0 && norm > clip))
        {
            layer.Layer.Weight.grad!.mul_(clip / norm);
        }
    }

    protected override void AfterStep(long step)
    {
        State.Set("largest", Layers.Select(l => l.Layer.Weight.abs().max().reshape(1)).Append(State["largest"]).Aggregate((a, b) => a.maximum(b)));
        foreach (var layer in Layers)
        {
            layer.State.Set("steps", layer.State["steps"] + 1);
        }
    }
}
