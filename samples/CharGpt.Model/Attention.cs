using Reparam;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace CharGpt;

/// <summary>
/// Causal self-attention. σReparam keeps the spectral norm of its weights, and so the entropy of attention, in check while
/// pretraining; LoRA adapts it later.
/// </summary>
[ReparamModule, SigmaReparam, LoRA(8, Deferred = true), ShiftAdd(4)]
public sealed partial class Attention : Module<Tensor, Tensor>
{
    private readonly int heads;

    public Attention(int width, int heads) : base(nameof(Attention))
    {
        this.heads = heads;
        Query = Linear(width, width, hasBias: false);
        Key = Linear(width, width, hasBias: false);
        Value = Linear(width, width, hasBias: false);
        Output = Linear(width, width, hasBias: false);
        RegisterComponents();
    }

    public partial Module<Tensor, Tensor> Query { get; private set; }

    public partial Module<Tensor, Tensor> Key { get; private set; }

    public partial Module<Tensor, Tensor> Value { get; private set; }

    public partial Module<Tensor, Tensor> Output { get; private set; }

    /// <param name="x">[batch, length, width].</param>
    /// <returns>[batch, length, width].</returns>
    public override Tensor forward(Tensor x)
    {
        var (batch, length, width) = (x.shape[0], x.shape[1], x.shape[2]);
        var query = SplitHeads(Query.call(x));
        var key = SplitHeads(Key.call(x));
        var value = SplitHeads(Value.call(x));

        var scores = matmul(query, key.transpose(2, 3)) / Math.Sqrt(width / heads);          // [batch, heads, length, length]
        var mask = full(length, length, float.NegativeInfinity).triu(1);
        var mixed = matmul(functional.softmax(scores + mask, -1), value);
        return Output.call(mixed.transpose(1, 2).reshape(batch, length, width));
    }

    /// <summary>[batch, length, width] to [batch, heads, length, width / heads].</summary>
    private Tensor SplitHeads(Tensor x)
    {
        return x.view(x.shape[0], x.shape[1], heads, -1).transpose(1, 2);
    }
}
