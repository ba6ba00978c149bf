using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Calibration;

/// <summary>Blocks that add to a residual stream, and a classifier behind them.</summary>
public sealed class ResidualNet : Module<Tensor, Tensor>
{
    private readonly ModuleList<ResidualBlock> blocks;
    private readonly Linear head;

    public ResidualNet(int width = 8, int hidden = 12, int depth = 2, int classes = 6)
        : base(nameof(ResidualNet))
    {
        blocks = new ModuleList<ResidualBlock>([.. Enumerable.Range(0, depth).Select(_ => new ResidualBlock(width, hidden))]);
        head = Linear(width, classes);
        RegisterComponents();
    }

    /// <summary>Forwards that came to their end.</summary>
    public int Forwards { get; private set; }

    /// <summary>Names of the weights in the order in which they run.</summary>
    public IEnumerable<string> Weights =>
        Enumerable.Range(0, (int)blocks.Count).SelectMany(i => new[] { $"blocks.{i}.up.weight", $"blocks.{i}.gate.weight", $"blocks.{i}.down.weight" }).Append("head.weight");

    public override Tensor forward(Tensor x)
    {
        foreach (var block in blocks)
        {
            x = block.call(x);
        }

        var logits = head.call(x);
        Forwards++;
        return logits;
    }
}

/// <summary>x + down(relu(up n) ⊙ gate n) with n = norm(x).</summary>
public sealed class ResidualBlock : Module<Tensor, Tensor>
{
    private readonly LayerNorm norm;
    private readonly Linear up;
    private readonly Linear gate;
    private readonly Linear down;

    public ResidualBlock(int width, int hidden)
        : base(nameof(ResidualBlock))
    {
        norm = LayerNorm(width);
        gate = Linear(width, hidden);    // registered before `up`, runs after it
        up = Linear(width, hidden);
        down = Linear(hidden, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var n = norm.call(x);
        return x + down.call(functional.relu(up.call(n)) * gate.call(n));
    }
}

/// <summary>Two layers that run in another order than they are registered in, and one that never runs.</summary>
public sealed class UnusedNet : Module<Tensor, Tensor>
{
    private readonly Linear spare = Linear(4, 4);
    private readonly Linear second = Linear(4, 4);
    private readonly Linear first = Linear(4, 4);

    public UnusedNet()
        : base(nameof(UnusedNet)) => RegisterComponents();

    public override Tensor forward(Tensor x) => second.call(first.call(x));
}

/// <summary>A residual block of two convolutions.</summary>
public sealed class ConvNet : Module<Tensor, Tensor>
{
    private readonly BatchNorm2d norm = BatchNorm2d(3);
    private readonly Conv2d first = Conv2d(3, 4, 3, padding: 1);
    private readonly Conv2d second = Conv2d(4, 3, 3, padding: 2, dilation: 2);

    public ConvNet()
        : base(nameof(ConvNet)) => RegisterComponents();

    public override Tensor forward(Tensor x) => x + second.call(functional.relu(first.call(x + (0 * norm.call(x)))));
}

/// <summary>An embedding and a classifier.</summary>
public sealed class EmbeddingNet : Module<Tensor, Tensor>
{
    private readonly Embedding table = Embedding(10, 8);
    private readonly Linear head = Linear(8, 4);

    public EmbeddingNet()
        : base(nameof(EmbeddingNet)) => RegisterComponents();

    public override Tensor forward(Tensor x) => head.call(table.call(x));
}
