using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>
/// Compilations to run-time twins: those of the marked classes, and of the types that they reach. A twin is ordinary output in one piece: an editor that shows
/// an app needs its signatures, and no editor treats implementation outputs apart (dotnet/roslyn#77288), so a second file would only cost clarity.
/// </summary>
internal static class TwinPipeline
{
    /// <summary>Adds the twins' steps and outputs to the generator.</summary>
    /// <param name="context">The generator's context.</param>
    public static void Register(IncrementalGeneratorInitializationContext context)
    {
        var twins = context.CompilationProvider
            .SelectMany(static (compilation, token) =>
                TwinContext.Of(compilation) is { } twins ? TwinResults.Of(twins, token).Twins : ImmutableArray<Twin>.Empty)
            .WithTrackingName(TrackingNames.Twins);
        context.RegisterSourceOutput(twins, static (production, twin) => production.AddSource(twin.HintName, twin.Text));
    }
}
