namespace Reparam;

/// <summary>
/// Written by the generator, one for each marked class: what the build needs to know of it. Not for use in source.
/// The document's form is described in docs/formats/manifest.md.
/// </summary>
/// <param name="module">Full metadata name of the marked class.</param>
/// <param name="json">The class's own layers with their post-training settings, and its child modules.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
public sealed class ReparamManifestAttribute(string module, string json) : Attribute
{
    /// <summary>Full metadata name of the marked class.</summary>
    public string Module { get; } = module;

    /// <summary>The manifest, a JSON object.</summary>
    public string Json { get; } = json;
}
