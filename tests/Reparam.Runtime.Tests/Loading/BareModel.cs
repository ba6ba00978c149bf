using Reparam.Runtime;

namespace Reparam.Runtime.Tests.Loading;

/// <summary>A model of one parameter, or of none.</summary>
internal sealed class BareModel(Parameter? gain) : Module(nameof(BareModel))
{
    public Parameter? Gain { get; } = gain;

    protected override void VisitComponents(ComponentVisitor visitor) => visitor.Parameter("gain", Gain);
}
