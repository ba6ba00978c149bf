using System;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Reparam.Generators.Common;

/// <summary>Finds the marked classes.</summary>
internal static class MarkedClasses
{
    /// <summary>Makes a model of each marked class that can take part.</summary>
    /// <param name="context">The generator's context.</param>
    /// <param name="parse">Symbol to model; null leaves the class out.</param>
    /// <param name="step">Name of the step, from <see cref="TrackingNames"/>.</param>
    public static MarkedClasses<T> Parse<T>(IncrementalGeneratorInitializationContext context, Func<MarkedClass, CancellationToken, T?> parse, string step)
        where T : class, IEquatable<T> => new(
            Find(context, MetadataNames.ReparamModule, isRoot: false, parse, step).WithTrackingName(step),
            Find(context, MetadataNames.ReparamModel, isRoot: true, parse, step).WithTrackingName(step));

    private static IncrementalValuesProvider<T> Find<T>(
        IncrementalGeneratorInitializationContext context, string attribute, bool isRoot, Func<MarkedClass, CancellationToken, T?> parse, string step)
        where T : class, IEquatable<T> =>
        context.SyntaxProvider
            .ForAttributeWithMetadataName(
                attribute,
                static (node, _) => node is ClassDeclarationSyntax,
                (found, token) => found.TargetSymbol is INamedTypeSymbol type && type.CanTakePart() && IsFirstMark(type, found.TargetNode, attribute)
                    ? Model(BoundCompilation.Of(found.SemanticModel.Compilation), found.TargetNode, isRoot, parse, step, token)
                    : null)
            .Where(static model => model is not null)
            .Select(static (model, _) => model!);

    // An edit that concerns no class that takes part gives what was made before.
    private static T? Model<T>(
        Compilation compilation, SyntaxNode part, bool isRoot, Func<MarkedClass, CancellationToken, T?> parse, string step, CancellationToken token)
        where T : class => compilation.ModelOf(part.SyntaxTree).GetDeclaredSymbol(part, token) is INamedTypeSymbol type
            ? Remembered<T>.Get(
                compilation, part.SyntaxTree, $"{step} {isRoot} {type.MetadataFullName()}",
                () =>
                {
                    TakesPart.In(compilation).BindMarked(token);
                    return parse(new MarkedClass(type, isRoot, compilation), token);
                }, token)
            : null;

    // A class with both marks, or with one on several of its parts, is still one class: a root if any mark says so.
    private static bool IsFirstMark(INamedTypeSymbol type, SyntaxNode part, string attribute)
    {
        var mark = type.Attribute(MetadataNames.ReparamModel) ?? type.Attribute(MetadataNames.ReparamModule);
        return mark?.AttributeClass?.MetadataFullName() == attribute && mark.ApplicationSyntaxReference is { } place && place.SyntaxTree == part.SyntaxTree
            && part.Span.Contains(place.Span);
    }
}
