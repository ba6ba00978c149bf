using Reparam.Compression.Methods;

namespace Reparam.Compression.Uniform;

/// <summary>Codes layers on uniform grids; they share nothing.</summary>
internal sealed class UniformSession : MethodSession
{
    /// <inheritdoc/>
    public override CodedLayer Encode(LayerJob job) => UniformCoder.Encode(job);
}
