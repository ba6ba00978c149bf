using Reparam;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace StoryTeller;

/// <summary>SwiGLU feed-forward network, w2(silu(w1 x) ⊙ w3 x) (Shazeer 2020, arXiv 2002.05202).</summary>
[ReparamModule, ShiftAdd(4, Layout = ShiftAddLayout.Nested)]
public sealed partial class FeedForward : Module<Tensor, Tensor>
{
    public FeedForward(int dim, int hiddenDim) : base(nameof(FeedForward))
    {
        W1 = Linear(dim, hiddenDim, hasBias: false);
        W2 = Linear(hiddenDim, dim, hasBias: false);
        W3 = Linear(dim, hiddenDim, hasBias: false);
        RegisterComponents();
    }

    public partial Module<Tensor, Tensor> W1 { get; private set; }

    public partial Module<Tensor, Tensor> W2 { get; private set; }

    public partial Module<Tensor, Tensor> W3 { get; private set; }

    /// <param name="x">[length, dim].</param>
    /// <returns>[length, dim].</returns>
    public override Tensor forward(Tensor x)
    {
        return W2.call(functional.silu(W1.call(x)) * W3.call(x));
    }
}
