using Reparam.Training.ChannelIdle;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Structures.Tests.ChannelIdle;

[ReparamModule, ChannelIdle(SmallFfn.Idle)]
public sealed partial class IdleFfn : ChannelIdleBlock<SmallFfn>
{
    public IdleFfn(long dim, long hidden)
        : base(nameof(IdleFfn), dim, hidden, () => new SmallFfn(dim, hidden)) => RegisterComponents();
}

/// <summary>y = Wr·x + br + W2a·gelu(W1a·x + b1a).</summary>
[ReparamModule]
public sealed partial class SmallFfn : Module<Tensor, Tensor>
{
    public const double Idle = 0.75;

    public SmallFfn(long dim, long hidden)
        : base(nameof(SmallFfn))
    {
        var active = ChannelIdleAttribute.ActiveChannels(hidden, Idle);
        Main = Linear(dim, dim);
        Inner = Linear(dim, active);
        Outer = Linear(active, dim, hasBias: false);
        RegisterComponents();
    }

    [ShiftAdd(4, GroupSize = 8)]
    public partial Module<Tensor, Tensor> Main { get; private set; }

    [ShiftAdd(3, GroupSize = 8)]
    public partial Module<Tensor, Tensor> Inner { get; private set; }

    [ShiftAdd(3, GroupSize = 8)]
    public partial Module<Tensor, Tensor> Outer { get; private set; }

    public override Tensor forward(Tensor x) => Main.call(x) + Outer.call(functional.gelu(Inner.call(x)));
}

/// <summary>One head of attention behind a layer norm, as the vision transformer's blocks have several of.</summary>
[ReparamModule]
public sealed partial class Attention : Module<Tensor, Tensor>
{
    private readonly float scale;

    public Attention(long dim)
        : base(nameof(Attention))
    {
        scale = 1 / MathF.Sqrt(dim);
        Norm = LayerNorm(dim);
        Query = Linear(dim, dim);
        Key = Linear(dim, dim);
        Value = Linear(dim, dim);
        Output = Linear(dim, dim);
        RegisterComponents();
    }

    public partial Module<Tensor, Tensor> Norm { get; private set; }

    public partial Module<Tensor, Tensor> Query { get; private set; }

    public partial Module<Tensor, Tensor> Key { get; private set; }

    public partial Module<Tensor, Tensor> Value { get; private set; }

    [ShiftAdd(4, GroupSize = 8)]
    public partial Module<Tensor, Tensor> Output { get; private set; }

    public override Tensor forward(Tensor x)
    {
        var z = Norm.call(x);
        var weights = functional.softmax(Query.call(z).matmul(Key.call(z).transpose(-2, -1)) * scale, -1);
        return x + Output.call(weights.matmul(Value.call(z)));
    }
}

/// <summary>Patches → two blocks → classes.</summary>
[ReparamModel]
public sealed partial class SmallVit : Module<Tensor, Tensor>
{
    public SmallVit(long patch, long dim, long hidden, long classes)
        : base(nameof(SmallVit))
    {
        Embed = Linear(patch, dim);
        Attentions = [new Attention(dim), new Attention(dim)];
        Ffns = [new IdleFfn(dim, hidden), new IdleFfn(dim, hidden)];
        Head = Linear(dim, classes);
        RegisterComponents();
    }

    public partial Module<Tensor, Tensor> Embed { get; private set; }

    public partial ModuleList<Attention> Attentions { get; private set; }

    public partial ModuleList<IdleFfn> Ffns { get; private set; }

    public partial Module<Tensor, Tensor> Head { get; private set; }

    public override Tensor forward(Tensor x)
    {
        x = Embed.call(x);
        for (var i = 0; i < Ffns.Count; i++)
        {
            x = Ffns[i].call(Attentions[i].call(x));
        }

        return Head.call(x.mean([1]));
    }
}
