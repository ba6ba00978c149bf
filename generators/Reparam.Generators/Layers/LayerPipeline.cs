using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Layers.Contents;
using Reparam.Generators.Manifests;

namespace Reparam.Generators.Layers;

/// <summary>Marked classes to setters, layers and manifests.</summary>
internal static class LayerPipeline
{
    /// <summary>Adds the steps and outputs to the generator.</summary>
    /// <param name="context">The generator's context.</param>
    public static void Register(IncrementalGeneratorInitializationContext context)
    {
        var modules = MarkedClasses.Parse(context, ModuleParser.Parse, TrackingNames.Modules);
        modules.ForEach(each => context.RegisterSourceOutput(each, static (output, module) =>
        {
            if (module.Components.Count > 0 || module.Replacements.Count > 0)
            {
                output.AddSource(module.Type.HintName("Components"), SetterEmitter.Emit(module));
            }
        }));

        // An edit of a property leaves the manifest's step alone, and the other way round.
        modules.ForEach(each => context.RegisterSourceOutput(
            each.Where(static module => module.Manifest is not null).Select(static (module, _) => (module.Type, Manifest: module.Manifest!))
                .WithTrackingName(TrackingNames.Manifests),
            static (output, module) => output.AddSource(module.Type.HintName("Manifest"), ManifestEmitter.Emit(module.Manifest))));

        // Classes without a mark that marked ones reach, and marked ones of which no further part can be written.
        var reached = context.CompilationProvider
            .SelectMany(static (compilation, token) => Reached(BoundCompilation.Of(compilation), token))
            .WithTrackingName(TrackingNames.ReachedManifests);
        context.RegisterSourceOutput(reached, static (output, manifest) => output.AddSource(manifest.HintName, ManifestEmitter.Emit(manifest.Manifest)));

        // One class for each distinct pair of chain and kind in the assembly, however many properties use it.
        var layers = modules.Collect()
            .SelectMany(static (all, _) => all
                .SelectMany(module => module.Components.SelectMany(component => component.Wraps)
                    .Concat(module.Replacements.SelectMany(replacement => replacement.Wraps)))
                .Select(wrap => wrap.Layer)
                .GroupBy(layer => layer.Name)
                .Select(group => group.First())
                .OrderBy(layer => layer.Name, System.StringComparer.Ordinal))
            .WithTrackingName(TrackingNames.Layers);
        context.RegisterSourceOutput(layers, static (output, layer) =>
            output.AddSource($"ReparamLayers.{layer.Name}.g.cs", LayerEmitter.Emit(layer)));
    }

    private static IReadOnlyList<(string HintName, ManifestModel Manifest)> Reached(Compilation compilation, CancellationToken token) =>
        Remembered<IReadOnlyList<(string HintName, ManifestModel Manifest)>>.Get(
            compilation, anchor: null, TrackingNames.ReachedManifests,
            () => [.. compilation.ReachedModules().Select(type => Reached(type, compilation, token))], token)!;

    private static (string HintName, ManifestModel Manifest) Reached(INamedTypeSymbol type, Compilation compilation, CancellationToken token) => (
        TypeName.Of(type).HintName("Manifest"),
        ManifestParser.Parse(
            new MarkedClass(type, type.Attribute(MetadataNames.ReparamModel) is not null, compilation), new AssignedTypes(type, compilation, token),
            new ContentReader(compilation, token), token));
}
