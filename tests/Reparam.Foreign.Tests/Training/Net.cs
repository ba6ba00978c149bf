using Foreign.Methods;
using Reparam;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Foreign;

[ReparamModule]
public sealed partial class PullNet : Module<Tensor, Tensor>
{
    public PullNet()
        : base(nameof(PullNet))
    {
        First = Linear(6, 8);
        Second = Linear(8, 3);
        RegisterComponents();
    }

    [Pull(0.5, Clip = 0.25)]
    public partial Module<Tensor, Tensor> First { get; private set; }

    [Pull(0.1), Compand]
    public partial Module<Tensor, Tensor> Second { get; private set; }

    public override Tensor forward(Tensor x) => Second.call(functional.relu(First.call(x)));
}

[ReparamModule]
public sealed partial class LevelsNet : Module<Tensor, Tensor>
{
    public LevelsNet()
        : base(nameof(LevelsNet))
    {
        First = Linear(6, 8);
        Second = Linear(8, 3);
        Plain = Linear(3, 3);
        RegisterComponents();
    }

    [Levels(3), Compand]
    public partial Module<Tensor, Tensor> First { get; private set; }

    [Coarse(Activations = 4)]
    public partial Module<Tensor, Tensor> Second { get; private set; }

    [Coarse]
    public partial Linear Plain { get; private set; }

    public override Tensor forward(Tensor x) => Plain.call(Second.call(functional.relu(First.call(x))));
}

[ReparamModule]
public sealed partial class TwoPullsNet : Module<Tensor, Tensor>
{
    public TwoPullsNet()
        : base(nameof(TwoPullsNet))
    {
        First = Linear(6, 8);
        Second = Linear(8, 3);
        RegisterComponents();
    }

    [Pull(0.5)]
    public partial Module<Tensor, Tensor> First { get; private set; }

    [Methods.Other.Pull]
    public partial Module<Tensor, Tensor> Second { get; private set; }

    public override Tensor forward(Tensor x) => Second.call(functional.relu(First.call(x)));
}

[ReparamModule]
public sealed partial class GainNet : Module<Tensor, Tensor>
{
    public GainNet()
        : base(nameof(GainNet))
    {
        First = Linear(6, 8);
        Second = Linear(8, 3);
        RegisterComponents();
    }

    [Gain]
    public partial Module<Tensor, Tensor> First { get; private set; }

    [Gain, LoRA(2, Deferred = true)]
    public partial Module<Tensor, Tensor> Second { get; private set; }

    public override Tensor forward(Tensor x) => Second.call(functional.relu(First.call(x)));
}

[ReparamModule]
public sealed partial class WhitenNet : Module<Tensor, Tensor>
{
    public WhitenNet()
        : base(nameof(WhitenNet))
    {
        Image = Conv2d(2, 4, 3, stride: 2, groups: 2);
        Head = Linear(4, 3);
        RegisterComponents();
    }

    [Whiten]
    public partial Module<Tensor, Tensor> Image { get; private set; }

    [Compand, Whiten]
    public partial Module<Tensor, Tensor> Head { get; private set; }

    public override Tensor forward(Tensor x) => Head.call(functional.relu(Image.call(x)).mean([2, 3]));
}

[ReparamModule]
public sealed partial class BasisNet : Module<Tensor, Tensor>
{
    public BasisNet()
        : base(nameof(BasisNet))
    {
        First = Linear(6, 8);
        Second = Linear(8, 3);
        RegisterComponents();
    }

    [Basis(2)]
    public partial Module<Tensor, Tensor> First { get; private set; }

    [Basis(2)]
    public partial Module<Tensor, Tensor> Second { get; private set; }

    public override Tensor forward(Tensor x) => Second.call(functional.relu(First.call(x)));
}
