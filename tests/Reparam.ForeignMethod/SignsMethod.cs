using Reparam.Compression.Methods;

namespace Reparam.ForeignMethod;

/// <summary>The post-training method of <see cref="SignsAttribute"/>.</summary>
public sealed class SignsMethod : PostTrainingMethod<SignsAttribute>
{
    /// <inheritdoc/>
    public override string Describe(MethodOptions options) => "1 sign";

    /// <inheritdoc/>
    public override MethodSession Begin(IReadOnlyList<SessionLayer> layers, SessionSettings settings) => new SignsSession();

    /// <inheritdoc/>
    protected override double NominalBits(SignsAttribute options) => 1;
}
