using Reparam;
using Reparam.Training;
using static TorchSharp.torch;

namespace Foreign.Methods.Other;

/// <summary>A rule whose attribute has the short name of another one.</summary>
[ReparamMethod("Foreign.Methods.Other.PullRule", Layers = LayerKinds.All)]
public sealed class PullAttribute : ModelRuleAttribute;

public sealed class PullRule : ModelRule
{
    protected override Tensor? Loss() => zeros(1).sum();
}
