using Reparam;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CharGpt;

/// <summary>Feed-forward network, four times as wide inside. Its weights are companded: bounded above, moved away from zero.</summary>
[ReparamModule, Compand, LoRA(8, Deferred = true), ShiftAdd(4)]
public sealed partial class FeedForward : Module<Tensor, Tensor>
{
    public FeedForward(int width) : base(nameof(FeedForward))
    {
        Expand = Linear(width, 4 * width);
        Contract = Linear(4 * width, width);
        RegisterComponents();
    }

    public partial Module<Tensor, Tensor> Expand { get; private set; }

    public partial Module<Tensor, Tensor> Contract { get; private set; }

    /// <param name="x">[batch, length, width].</param>
    /// <returns>[batch, length, width].</returns>
    public override Tensor forward(Tensor x)
    {
        return Contract.call(functional.gelu(Expand.call(x)));
    }
}
