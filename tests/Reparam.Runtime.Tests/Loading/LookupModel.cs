using Reparam.Runtime;

namespace Reparam.Runtime.Tests.Loading;

/// <summary>Rows of a table through a linear layer.</summary>
internal sealed class LookupModel : Module<Tensor, Tensor>
{
    public LookupModel(int entries, int width, int outputs)
        : base(nameof(LookupModel))
    {
        Tokens = Nn.Embedding(entries, width);
        Fc = Nn.Linear(width, outputs, hasBias: false);
    }

    public Embedding Tokens { get; }

    public Linear Fc { get; }

    public override Tensor Forward(Tensor input) => Fc.Call(Tokens.Call(input));

    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Module("tokens", Tokens);
        visitor.Module("fc", Fc);
    }
}
