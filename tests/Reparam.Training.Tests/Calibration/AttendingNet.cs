using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Calibration;

/// <summary>Annotated blocks: three layers with one input, a layer that also trains with a map, one without a method, an embedding, a layer that never runs.</summary>
[ReparamModule]
public sealed partial class AttendingNet : Module<Tensor, Tensor>
{
    public AttendingNet(int width = 6, int depth = 2)
        : base(nameof(AttendingNet))
    {
        Tokens = Embedding(11, width);
        Blocks = new ModuleList<AttendingBlock>([.. Enumerable.Range(0, depth).Select(_ => new AttendingBlock(width))]);
        Head = Linear(width, 11);
        Spare = Linear(width, width);
        RegisterComponents();
    }

    [ShiftAdd(4)]
    public partial Module<Tensor, Tensor> Tokens { get; private set; }

    public partial ModuleList<AttendingBlock> Blocks { get; private set; }

    public partial Module<Tensor, Tensor> Head { get; private set; }

    [ShiftAdd(4)]
    public partial Module<Tensor, Tensor> Spare { get; private set; }

    /// <summary>[batch, length] to [batch, length, 11].</summary>
    public override Tensor forward(Tensor ids)
    {
        var x = Tokens.call(ids);
        foreach (var block in Blocks)
        {
            x = block.call(x);
        }

        return Head.call(x);
    }
}

[ReparamModule, ShiftAdd(3, GroupSize = 8)]
public sealed partial class AttendingBlock : Module<Tensor, Tensor>
{
    public AttendingBlock(int width)
        : base(nameof(AttendingBlock))
    {
        Query = Linear(width, width);
        Key = Linear(width, width);
        Value = Linear(width, width);
        Output = Linear(width, width);
        RegisterComponents();
    }

    public partial Module<Tensor, Tensor> Query { get; private set; }

    [Compand]
    public partial Module<Tensor, Tensor> Key { get; private set; }

    public partial Module<Tensor, Tensor> Value { get; private set; }

    public partial Module<Tensor, Tensor> Output { get; private set; }

    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var n = functional.layer_norm(x, [x.shape[^1]]);
        var weights = (Query.call(n).matmul(Key.call(n).transpose(-2, -1)) / 3).softmax(-1);
        return (x + Output.call(weights.matmul(Value.call(n)))).MoveToOuterDisposeScope();
    }
}
