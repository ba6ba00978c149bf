using Reparam.Runtime;

namespace Reparam.Runtime.Tests.Loading;

/// <summary>A model whose head has the table of its embedding.</summary>
internal sealed class TiedModel : Module<Tensor, Tensor>
{
    private readonly Embedding tokens;
    private readonly Linear head;

    public TiedModel(int entries = 2, int width = 2)
        : base(nameof(TiedModel))
    {
        tokens = Nn.Embedding(entries, width);
        head = Nn.Linear(width, entries, hasBias: false);
        head.Weight = tokens.Weight;
    }

    public override Tensor Forward(Tensor input) => head.Call(tokens.Call(input)).Squeeze(0);

    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Module("tokens", tokens);
        visitor.Module("head", head);
    }
}
