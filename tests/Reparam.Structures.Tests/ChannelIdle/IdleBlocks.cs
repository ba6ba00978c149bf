using Reparam.Training.ChannelIdle;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Structures.Tests.ChannelIdle;

/// <summary>A folded class of any number of active channels: it has the layers that the fold gives for that number.</summary>
[ReparamModule]
public sealed partial class AnyFolded : Module<Tensor, Tensor>
{
    private readonly Linear? main;
    private readonly Linear? inner;
    private readonly Linear? outer;

    public AnyFolded(long dim, long hidden, long active)
        : base(nameof(AnyFolded))
    {
        main = active < hidden ? Linear(dim, dim) : null;
        inner = active > 0 ? Linear(dim, active) : null;
        outer = active > 0 ? Linear(active, dim, hasBias: active == hidden) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var y = main is null ? x : main.call(x);
        return inner is null || outer is null ? y : y + outer.call(functional.gelu(inner.call(x)));
    }
}

[ReparamModule, ChannelIdle(1)]
public sealed partial class NoneActive : ChannelIdleBlock<AnyFolded>
{
    public NoneActive(long dim, long hidden, long active)
        : base(nameof(NoneActive), dim, hidden, () => new AnyFolded(dim, hidden, active)) => RegisterComponents();
}

[ReparamModule, ChannelIdle(0)]
public sealed partial class AllActive : ChannelIdleBlock<AnyFolded>
{
    public AllActive(long dim, long hidden, long active)
        : base(nameof(AllActive), dim, hidden, () => new AnyFolded(dim, hidden, active)) => RegisterComponents();
}

[ReparamModule, ChannelIdle(Active = 7, Eps = 1e-3)]
public sealed partial class SevenActive : ChannelIdleBlock<AnyFolded>
{
    public SevenActive(long dim, long hidden, long active)
        : base(nameof(SevenActive), dim, hidden, () => new AnyFolded(dim, hidden, active)) => RegisterComponents();
}

[ReparamModule, ChannelIdle(0.6, Norms = IdleNorms.None)]
public sealed partial class WithoutNorms : ChannelIdleBlock<AnyFolded>
{
    public WithoutNorms(long dim, long hidden, long active)
        : base(nameof(WithoutNorms), dim, hidden, () => new AnyFolded(dim, hidden, active)) => RegisterComponents();
}

[ReparamModule, ChannelIdle(0.5, Norms = IdleNorms.Hidden, DropPath = 0.5)]
public sealed partial class HiddenNorm : ChannelIdleBlock<AnyFolded>
{
    public HiddenNorm(long dim, long hidden, long active)
        : base(nameof(HiddenNorm), dim, hidden, () => new AnyFolded(dim, hidden, active)) => RegisterComponents();
}

/// <summary>Its folded class uses GELU.</summary>
[ReparamModule, ChannelIdle(0.5)]
public sealed partial class OtherActivation : ChannelIdleBlock<AnyFolded>
{
    public OtherActivation(long dim, long hidden, long active)
        : base(nameof(OtherActivation), dim, hidden, () => new AnyFolded(dim, hidden, active)) => RegisterComponents();

    protected override Tensor Activate(Tensor u) => functional.relu(u);
}
