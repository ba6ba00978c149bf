using Reparam.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Structures.Tests.Foreign;

/// <summary>x + U·(V·x + v) + u, where V is wider than it is long.</summary>
[ReparamModule, Expand(3)]
public sealed partial class Expanded : StructureBlock<Fused>
{
    public Expanded(long width)
        : base(nameof(Expanded), () => new Fused(width))
    {
        Wide = Linear(width, 3 * width);
        Back = Linear(3 * width, width);
        RegisterComponents();
        KeepConstant("reparam.expand.factor", 3);
    }

    [SigmaReparam]
    public partial Module<Tensor, Tensor> Wide { get; private set; }

    public partial Module<Tensor, Tensor> Back { get; private set; }

    protected override Tensor ForwardUnfolded(Tensor x) => x + Back.call(Wide.call(x));

    protected override void VerifyFold(Fused folded)
    {
        using var probe = ones(2, Wide is ReparamLayer wide ? wide.Weight.shape[1] : 0, dtype: this.parameters().First().dtype);
        StructureChecks.RequireSame(nameof(Expanded), ForwardUnfolded(probe), folded.call(probe));
    }
}

[ReparamModule]
public sealed partial class Fused : Module<Tensor, Tensor>
{
    public Fused(long width)
        : base(nameof(Fused))
    {
        Inner = Linear(width, width);
        RegisterComponents();
    }

    [ShiftAdd(3, GroupSize = 8)]
    [TorchSharp.Utils.ComponentName(Name = "fused")]
    public partial Module<Tensor, Tensor> Inner { get; private set; }

    public override Tensor forward(Tensor x) => Inner.call(x);
}

/// <summary>Structures as a typed member, in a list, and behind a plain type.</summary>
[ReparamModel]
public sealed partial class ExpandedNet : Module<Tensor, Tensor>
{
    private readonly Expanded first;

    public ExpandedNet(long width)
        : base(nameof(ExpandedNet))
    {
        first = new Expanded(width);
        Blocks = [new Expanded(width), new Expanded(width: width)];
        Head = Linear(width, 5);
        RegisterComponents();
    }

    public partial ModuleList<Module<Tensor, Tensor>> Blocks { get; private set; }

    [ShiftAdd(4)]
    public partial Module<Tensor, Tensor> Head { get; private set; }

    public override Tensor forward(Tensor x)
    {
        x = functional.relu(first.forward(x));
        foreach (var block in Blocks)
        {
            x = functional.relu(block.call(x));
        }

        return Head.call(x);
    }
}
