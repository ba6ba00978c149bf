namespace Reparam.Generators.Common;

/// <summary>Names of the pipeline's steps, by which tests ask what ran again.</summary>
internal static class TrackingNames
{
    /// <summary>One model for each marked class: its properties and their methods.</summary>
    public const string Modules = nameof(Modules);

    /// <summary>One model for each distinct pair of method chain and layer kind of the assembly.</summary>
    public const string Layers = nameof(Layers);

    /// <summary>One manifest for each marked class.</summary>
    public const string Manifests = nameof(Manifests);

    /// <summary>One manifest for each module class without a mark that a marked one reaches.</summary>
    public const string ReachedManifests = nameof(ReachedManifests);

    /// <summary>The name of the assembly, which names the namespace of the emitted layers.</summary>
    public const string AssemblyName = nameof(AssemblyName);

    /// <summary>One part for each structure: how it is folded.</summary>
    public const string Structures = nameof(Structures);

    /// <summary>One run-time twin for each marked class.</summary>
    public const string Twins = nameof(Twins);
}
