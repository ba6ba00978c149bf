using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Layers;
using Reparam.Generators.Layers.Contents;
using Reparam.Generators.Manifests;

namespace Reparam.Generators.Flow;

/// <summary>The edges of a class: from each producer to what takes its output, as its forward says.</summary>
internal static class EdgeParser
{
    /// <summary>Reads a class.</summary>
    /// <param name="marked">A class that can take part.</param>
    /// <param name="assigned">What the class assigns.</param>
    /// <param name="batchNorms">Batch norms in containers, and the layers before them.</param>
    /// <param name="token">Stops the work.</param>
    public static IEnumerable<ManifestEdge> Parse(
        MarkedClass marked, AssignedTypes assigned, IEnumerable<BatchNormPlace> batchNorms, CancellationToken token)
    {
        var components = new FlowComponents(marked.Symbol, marked.Compilation, assigned, token);
        var sources = ForwardFlow.Follow(marked.Symbol, marked.Compilation, components, token);
        var stated = FeedsStatements.Of(marked.Symbol, components);
        var told = new HashSet<string>();
        foreach (var source in sources.Where(s => s.Component is null || told.Add(s.Port)))
        {
            if (source.Component is { } component && stated.TryGetValue(component.Path, out var targets))
            {
                yield return new ManifestEdge(source.Port, targets.ToEquatableArray(), "feeds", null, IsConditional: false, IsSole: true, null, null);
                continue;
            }

            foreach (var edge in source.Component is { Unclear: not null } unclear ? [Doubt(source.Port, unclear)] : Edges(source, components))
            {
                yield return edge;
            }
        }

        // What no call that was followed reaches is told only where there is a reason.
        var untold = components.All.SelectMany(c => c.WithParts()).Where(c => c.Unclear is not null && c.Element is null && c.Chain is null);
        foreach (var component in untold.Where(c => told.Add(c.Path)))
        {
            yield return Doubt(component.Path, component);
        }

        // Inside a Sequential every module takes the output of the one before it, whoever calls the whole.
        var all = components.All.SelectMany(c => c.WithParts()).ToArray();
        foreach (var place in batchNorms.Where(place => !all.Any(c => c.Path == place.Layer)))
        {
            var around = all.Where(c => place.Layer.StartsWith(c.Path + ".", System.StringComparison.Ordinal)).ToArray();
            if (around.Length > 0 && !around.Any(c => c.IsOpen))
            {
                yield return new ManifestEdge(
                    place.Layer, new[] { place.BatchNorm }.ToEquatableArray(), "batchNorm", place.IsNext ? "next" : null, IsConditional: false, IsSole: true,
                    new ManifestOption("eps", Literals.Digits(place.Eps)), null);
            }
        }
    }

    private static ManifestEdge Doubt(string port, FlowComponent component) =>
        new(port, EquatableArray<string>.Empty, null, null, IsConditional: false, IsSole: false, null, component.Unclear, !component.IsOpen);

    private static IEnumerable<ManifestEdge> Edges(FlowSource source, FlowComponents components)
    {
        var byPort = components.All.SelectMany(c => c.WithParts()).GroupBy(c => c.Path).ToDictionary(same => same.Key, same => same.First());
        var uses = source.Uses.Select(use => (Use: use, Kind: Kind(source, use, byPort))).ToArray();
        var isSole = uses.All(u => u.Kind is "feeds" or "batchNorm" && !u.Use.IsConditional);
        foreach (var group in uses.Where(u => u.Kind is not null).GroupBy(u => (u.Kind, u.Use.Step, u.Use.IsConditional, u.Use.Detail)))
        {
            var targets = group.Select(u => u.Use.Target).Where(target => target.Length > 0).Distinct().ToArray();
            if (source.Component is null && group.Key.Kind is not "feeds")
            {
                continue;
            }

            yield return new ManifestEdge(
                source.Port, targets.ToEquatableArray(), group.Key.Kind, group.Key.Step == FlowStep.Same ? null : group.Key.Step.ToString().ToLowerInvariant(),
                group.Key.IsConditional, isSole, Detail(group.Key.Kind!, group.Key.Detail, targets, byPort), null);
        }
    }

    private static string? Kind(FlowSource source, FlowUse use, Dictionary<string, FlowComponent> byPort) => use.Kind switch
    {
        FlowUseKind.Feeds when source.Component is { HasOutputRows: true } && byPort.TryGetValue(use.Target, out var target) && target.IsBatchNorm
            => "batchNorm",
        FlowUseKind.Feeds => "feeds",
        FlowUseKind.Gates => "gates",
        FlowUseKind.Adds => "adds",
        _ => null,
    };

    private static ManifestOption? Detail(string kind, string detail, string[] targets, Dictionary<string, FlowComponent> byPort) => kind switch
    {
        "gates" => new ManifestOption("activation", Json.Of(detail)),
        "batchNorm" when targets.Length == 1 && byPort[targets[0]].Eps is { } eps => new ManifestOption("eps", Literals.Digits(eps)),
        _ => null,
    };
}
