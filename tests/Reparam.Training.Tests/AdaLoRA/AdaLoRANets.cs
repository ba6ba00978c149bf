using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.AdaLoRA;

/// <summary>Two layers with eight ranks, four of which are left.</summary>
[ReparamModule]
public sealed partial class AdaNet : Module<Tensor, Tensor>
{
    public AdaNet()
        : base(nameof(AdaNet))
    {
        First = Linear(6, 8);
        Second = Linear(8, 5);
        RegisterComponents();
    }

    [AdaLoRA(4, 2, TotalSteps = 24, TInit = 3, TFinal = 6, DeltaT = 2, Alpha = 8, OrthWeight = 0.5)]
    public partial Module<Tensor, Tensor> First { get; private set; }

    [AdaLoRA(4, 2, TotalSteps = 24, TInit = 3, TFinal = 6, DeltaT = 2, Alpha = 8, OrthWeight = 0.5)]
    public partial Module<Tensor, Tensor> Second { get; private set; }

    public override Tensor forward(Tensor x) => Second.call(functional.tanh(First.call(x)));
}

/// <summary>One layer of two ranks, for numbers that were computed elsewhere.</summary>
[ReparamModule]
public sealed partial class GoldenNet : Module<Tensor, Tensor>
{
    public GoldenNet()
        : base(nameof(GoldenNet))
    {
        Only = Linear(3, 4);
        RegisterComponents();
    }

    [AdaLoRA(2, 1, TotalSteps = 10, TInit = 5)]
    public partial Module<Tensor, Tensor> Only { get; private set; }

    public override Tensor forward(Tensor x) => Only.call(x);
}

/// <summary>Annotations that contradict one another, and one without steps.</summary>
[ReparamModule]
public sealed partial class RefusedNet : Module<Tensor, Tensor>
{
    public RefusedNet()
        : base(nameof(RefusedNet))
    {
        Ok = Linear(6, 6);
        Other = Linear(6, 6);
        RegisterComponents();
    }

    [AdaLoRA(2, 1, TotalSteps = 10)]
    public partial Module<Tensor, Tensor> Ok { get; private set; }

    [AdaLoRA(2, 1, TotalSteps = 11)]
    public partial Module<Tensor, Tensor> Other { get; private set; }

    public override Tensor forward(Tensor x) => Other.call(Ok.call(x));
}

[ReparamModule]
public sealed partial class EndlessNet : Module<Tensor, Tensor>
{
    public EndlessNet()
        : base(nameof(EndlessNet))
    {
        Only = Linear(6, 6);
        RegisterComponents();
    }

    [AdaLoRA(2, 1, TotalSteps = 10, TInit = 4, TFinal = 6)]
    public partial Module<Tensor, Tensor> Only { get; private set; }

    public override Tensor forward(Tensor x) => Only.call(x);
}

/// <summary>Only the second layer has to change.</summary>
[ReparamModule]
public sealed partial class NeedyNet : Module<Tensor, Tensor>
{
    public NeedyNet()
        : base(nameof(NeedyNet))
    {
        First = Linear(10, 10, hasBias: false);
        Second = Linear(10, 10, hasBias: false);
        RegisterComponents();
    }

    [AdaLoRA(4, 2, TotalSteps = 400, TInit = 40, TFinal = 200, DeltaT = 10, OrthWeight = 0.01)]
    public partial Module<Tensor, Tensor> First { get; private set; }

    [AdaLoRA(4, 2, TotalSteps = 400, TInit = 40, TFinal = 200, DeltaT = 10, OrthWeight = 0.01)]
    public partial Module<Tensor, Tensor> Second { get; private set; }

    public override Tensor forward(Tensor x) => Second.call(functional.tanh(First.call(x)));
}

/// <summary>The same model with the same number of ranks, two in each layer.</summary>
[ReparamModule]
public sealed partial class EvenNet : Module<Tensor, Tensor>
{
    public EvenNet()
        : base(nameof(EvenNet))
    {
        First = Linear(10, 10, hasBias: false);
        Second = Linear(10, 10, hasBias: false);
        RegisterComponents();
    }

    [LoRA(2)]
    public partial Module<Tensor, Tensor> First { get; private set; }

    [LoRA(2)]
    public partial Module<Tensor, Tensor> Second { get; private set; }

    public override Tensor forward(Tensor x) => Second.call(functional.tanh(First.call(x)));
}
