using System.Collections.Immutable;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>How a model's annotations ask for its layers to be coded.</summary>
public static class AnnotatedPlan
{
    // What a build without metadata of its own asks for.
    private static readonly BuildPlan Plain = new()
    {
        Version = BuildPlan.SupportedVersion,
        Checkpoint = "",
        Output = "",
        Model = "",
        Manifests = new Dictionary<string, ModuleManifest>(),
    };

    /// <summary>The layers that have a post-training method, each with its annotated options: what the build codes.</summary>
    /// <param name="model">A model of marked classes.</param>
    /// <param name="change">Other options for a layer that is not fixed, as a build's metadata ask for; null to leave them.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static ImmutableArray<LayerPlan> CompressionPlan(this Module model, Func<ShiftAddOptions, ShiftAddOptions>? change = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return
        [
            .. AnnotatedLayers.Of(model)
                .Select(found => OptionReader.ShiftAdd(ReparamModuleExtensions.Join(found.Path, "weight"), found.Manifest.Options, Plain))
                .Select(layer => change is null || layer.Fixed ? layer : layer with { Options = change(layer.Options) }),
        ];
    }
}
