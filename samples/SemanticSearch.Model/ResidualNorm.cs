using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SemanticSearch;

/// <summary>How both halves of a block end: a linear layer, the sum with what went in, and a norm.</summary>
public sealed class ResidualNorm : Module<Tensor, Tensor, Tensor>
{
    private readonly Linear dense;
    private readonly LayerNorm LayerNorm;

    public ResidualNorm(int inputs, int outputs) : base(nameof(ResidualNorm))
    {
        dense = Linear(inputs, outputs);
        LayerNorm = nn.LayerNorm(outputs, eps: 1e-12);
        RegisterComponents();
    }

    /// <param name="x">[batch, length, inputs].</param>
    /// <param name="residual">[batch, length, outputs].</param>
    /// <returns>[batch, length, outputs].</returns>
    public override Tensor forward(Tensor x, Tensor residual) => LayerNorm.call(dense.call(x) + residual);
}
