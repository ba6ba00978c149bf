namespace Reparam.Compression.Plans;

/// <summary>A member of a marked class whose type is a marked class.</summary>
public sealed record ManifestChild
{
    /// <summary>State-dict path below the class; <c>*</c> stands for the indices of a list.</summary>
    public required string Path { get; init; }

    /// <summary>Full metadata name of the member's class.</summary>
    public required string Module { get; init; }

    /// <summary>Whether every object of the class has a child of exactly this class there.</summary>
    public bool Required { get; init; }
}
