using Reparam;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace ReparamApp.Model;

/// <summary>Tells the two arms of a spiral apart.</summary>
[ReparamModel]
public sealed partial class Classifier : Module<Tensor, Tensor>
{
    public Classifier(ClassifierConfig config) : base(nameof(Classifier))
    {
        Input = Linear(2, config.Width);
        Hidden = Linear(config.Width, config.Width);
        Output = Linear(config.Width, 2);
        RegisterComponents();
    }

    public partial Module<Tensor, Tensor> Input { get; private set; }

    /// <summary>Trained in σReparam's form, shipped in BITS bits a weight.</summary>
    [SigmaReparam, ShiftAdd(BITS)]
    public partial Module<Tensor, Tensor> Hidden { get; private set; }

    public partial Module<Tensor, Tensor> Output { get; private set; }

    /// <param name="x">Points, [count, 2].</param>
    /// <returns>Logits, [count, 2].</returns>
    public override Tensor forward(Tensor x)
    {
        x = functional.relu(Input.call(x));
        return Output.call(functional.relu(Hidden.call(x)));
    }
}
