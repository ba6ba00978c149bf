using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Checkpoints;

/// <summary>A user's map with a state that is called as one of the compander's: w = a·v.</summary>
[ReparamMethod("Reparam.Training.Tests.Checkpoints.GainMap")]
public sealed class GainAttribute : WeightMapAttribute;

public static class GainMap
{
    public static (Tensor Latent, Parameter A) Attach(Tensor weight) => (weight / 2, new Parameter(tensor(2f)));

    public static Tensor Map(Tensor latent, Tensor a) => latent * a;
}

/// <summary>The layers of which the files in assets hold the state, under the names of versions before 0.2.</summary>
[ReparamModule]
public sealed partial class EarlierNet : Module<Tensor, Tensor>
{
    public EarlierNet()
        : base(nameof(EarlierNet))
    {
        First = Linear(6, 8);
        Second = Linear(8, 5);
        Third = Linear(5, 3);
        RegisterComponents();
    }

    [Compand, SigmaReparam, LoRA(2, Deferred = true)]
    public partial Module<Tensor, Tensor> First { get; private set; }

    [Gain, Compand]
    public partial Module<Tensor, Tensor> Second { get; private set; }

    [SigmaReparam, LoRA(2, Deferred = true, Init = LoraInit.PiSSA, Magnitude = true)]
    public partial Module<Tensor, Tensor> Third { get; private set; }

    public override Tensor forward(Tensor x) => Third.call(functional.relu(Second.call(functional.relu(First.call(x)))));
}
