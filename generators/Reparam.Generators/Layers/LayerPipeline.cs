using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Layers;

/// <summary>Marked classes to setters, layers and manifests.</summary>
internal static class LayerPipeline
{
    /// <summary>Adds the steps and outputs to the generator.</summary>
    /// <param name="context">The generator's context.</param>
    public static void Register(IncrementalGeneratorInitializationContext context)
    {
    }
}
