namespace Reparam.Fuzz.Mutation;

/// <summary>A file of one part.</summary>
internal sealed class WholeFile(bool isJson) : Container
{
    /// <inheritdoc/>
    public override Part[] Split(byte[] file) => [new Part(file, isJson)];

    /// <inheritdoc/>
    public override byte[] Join(Part[] parts) => parts[0].Bytes;
}
