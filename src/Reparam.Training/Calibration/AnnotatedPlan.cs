using System.Collections.Immutable;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>How a model's annotations ask for its layers to be coded.</summary>
public static class AnnotatedPlan
{
    /// <summary>The layers that have a post-training method, each with its annotated options: what the build codes.</summary>
    /// <param name="model">A model of marked classes.</param>
    /// <param name="change">Other options for a layer that is not fixed, as a build's metadata ask for; null to leave them.</param>
    /// <exception cref="ArgumentException">A method is not registered, or an option is unknown or out of its range.</exception>
    public static ImmutableArray<LayerPlan> CompressionPlan(this Module model, Func<MethodOptions, MethodOptions>? change = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return
        [
            .. AnnotatedLayers.Of(model)
                .Select(
                    found => (found.Path, Options: MethodOptions.Read(
                        PostTrainingMethods.Get(found.Manifest.Method!), found.Manifest.Options), found.Manifest.Kind))
                .Select(found => new LayerPlan(ReparamModuleExtensions.Join(found.Path, "weight"), found.Options, found.Options.Fixed)
                {
                    IsLookedUp = found.Kind == "embedding",
                })
                .Select(layer => change is null || layer.Fixed ? layer : layer with { Options = change(layer.Options) }),
        ];
    }
}
