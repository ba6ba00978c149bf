using System;
using System.Collections.Immutable;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reparam.Generators.Common;

/// <summary>A marked class as the transforms see it. Never leaves a transform.</summary>
/// <param name="Symbol">The class.</param>
/// <param name="IsRoot">True for <c>[ReparamModel]</c>.</param>
/// <param name="Compilation">The compilation of the annotated code.</param>
internal readonly record struct MarkedClass(INamedTypeSymbol Symbol, bool IsRoot, Compilation Compilation);

/// <summary>What was made of the marked classes: one provider for each of the two attributes, so that an edit of one class leaves the others alone.</summary>
/// <param name="Modules">From <c>[ReparamModule]</c>.</param>
/// <param name="Models">From <c>[ReparamModel]</c>.</param>
/// <typeparam name="T">An equatable model without symbols.</typeparam>
internal readonly record struct MarkedClasses<T>(IncrementalValuesProvider<T> Modules, IncrementalValuesProvider<T> Models)
{
    /// <summary>Does the same for both providers.</summary>
    /// <param name="register">Registers an output.</param>
    public void ForEach(Action<IncrementalValuesProvider<T>> register)
    {
        register(Modules);
        register(Models);
    }

    /// <summary>All models of the assembly.</summary>
    public IncrementalValueProvider<ImmutableArray<T>> Collect() =>
        Modules.Collect().Combine(Models.Collect()).Select(static (both, _) => both.Left.AddRange(both.Right));
}

/// <summary>Finds the marked classes.</summary>
internal static class MarkedClasses
{
    /// <summary>Makes a model of each marked class that can take part.</summary>
    /// <param name="context">The generator's context.</param>
    /// <param name="parse">Symbol to model; null leaves the class out.</param>
    /// <param name="step">Name of the step, from <see cref="TrackingNames"/>.</param>
    public static MarkedClasses<T> Parse<T>(IncrementalGeneratorInitializationContext context, Func<MarkedClass, CancellationToken, T?> parse, string step)
        where T : class, IEquatable<T> => new(
            Find(context, MetadataNames.ReparamModule, isRoot: false, parse).WithTrackingName(step),
            Find(context, MetadataNames.ReparamModel, isRoot: true, parse).WithTrackingName(step));

    private static IncrementalValuesProvider<T> Find<T>(
        IncrementalGeneratorInitializationContext context, string attribute, bool isRoot, Func<MarkedClass, CancellationToken, T?> parse)
        where T : class, IEquatable<T> =>
        context.SyntaxProvider
            .ForAttributeWithMetadataName(
                attribute,
                static (node, _) => node is ClassDeclarationSyntax,
                (found, token) => found.TargetSymbol is INamedTypeSymbol type && type.CanTakePart()
                    ? parse(new MarkedClass(type, isRoot, found.SemanticModel.Compilation), token)
                    : null)
            .Where(static model => model is not null)
            .Select(static (model, _) => model!);
}
