using Reparam.Runtime;

namespace Reparam.Fuzz.Readers;

/// <summary>The run-time model of <see cref="Weights"/>: a linear layer for each weight.</summary>
internal sealed class FuzzModel : Module<Tensor, Tensor>
{
    private readonly (string Name, Linear Layer)[] layers;
    private readonly Parameter bias = Nn.Parameter(Torch.Zeros(Weights.Rows));
    private readonly Tensor steps = Torch.Tensor(0L);

    public FuzzModel()
        : base(nameof(FuzzModel))
    {
        layers = [.. Weights.Layouts.Select(Weights.TextOf).Append(Weights.Uniform).Select(name => (name, Nn.Linear(Weights.Columns, Weights.Rows, hasBias: false)))];
    }

    public override Tensor Forward(Tensor input) => layers.Aggregate(input.Narrow(1, 0, Weights.Rows) * 0 + bias, (sum, layer) => sum + layer.Layer.Call(input));

    protected override void VisitComponents(ComponentVisitor visitor)
    {
        foreach (var (name, layer) in layers)
        {
            visitor.Module(name, layer);
        }

        visitor.Parameter("bias", bias);
        visitor.Buffer("steps", steps);
    }
}
