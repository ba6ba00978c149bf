namespace Reparam.Compression.Plans;

/// <summary>A layer with weights that no method codes.</summary>
public sealed record ManifestOther
{
    /// <summary>State-dict path below the class, with <c>*</c> and <c>?</c> as in a layer's.</summary>
    public required string Path { get; init; }

    /// <summary>Its class in TorchSharp.</summary>
    public required string Type { get; init; }
}
