using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Analyzers;
using Reparam.Generators.Common;
using Reparam.Generators.Layers.Contents;
using Reparam.Generators.Layers.Models;
using Reparam.Generators.Manifests;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Layers;

/// <summary>Reads a marked class into its model. What is wrong in it is left out quietly: the analyzers report it.</summary>
internal static class ModuleParser
{
    /// <summary>Reads a class.</summary>
    /// <param name="marked">A class that can take part.</param>
    /// <param name="token">Stops the work.</param>
    public static ModuleModel? Parse(MarkedClass marked, CancellationToken token)
    {
        if (marked.Symbol.IsStatic)
        {
            return null;
        }

        var assigned = new AssignedTypes(marked.Symbol, marked.Compilation, token);
        var components = new List<ComponentModel>();
        var fields = new HashSet<string>(marked.Symbol.GetMembers().Select(m => m.Name));
        foreach (var property in PartialProperties(marked.Symbol))
        {
            token.ThrowIfCancellationRequested();
            components.Add(ParseComponent(property, FreeField(property, fields), marked, assigned));
        }

        var reader = new ContentReader(marked.Compilation, token);
        var manifest = marked.Symbol.IsOrDerivesFrom(MetadataNames.Module) ? ManifestParser.Parse(marked, assigned, reader, token) : null;
        var replacements = ReplacementParser.Parse(marked, reader, assigned).ToEquatableArray();
        if (marked.Symbol.DeclaringSyntaxReferences.FirstOrDefault(r => !TakesPart.IsEmitted(r.SyntaxTree)) is { } part)
        {
            // For the analyzer, which would have to bind the bodies again.
            ReachReports.Of(marked.Symbol, part.GetSyntax(token), marked.Compilation, token, reader);
        }

        var overrides = marked.Symbol.GetMembers("RegisterComponents").Any(m => m is IMethodSymbol { IsOverride: true } && !GeneratedCode.IsEmitted(m));
        return new ModuleModel(TypeName.Of(marked.Symbol), components.ToEquatableArray(), replacements, overrides, manifest);
    }

    /// <summary>The properties of a class that the generator implements.</summary>
    public static IEnumerable<IPropertySymbol> PartialProperties(INamedTypeSymbol type) => type.GetMembers().OfType<IPropertySymbol>().Where(p =>
        p.IsPartialDefinition && p.PartialImplementationPart is null && !p.IsStatic && !p.IsIndexer && ModuleTypes.IsComponent(p.Type));

    /// <summary>Name of a member in the state dict.</summary>
    /// <param name="member">A property or field.</param>
    public static string StateName(ISymbol member)
    {
        var given = member.Attribute(MetadataNames.ComponentName)?.NamedArguments.FirstOrDefault(a => a.Key == "Name").Value.Value as string;
        return given ?? (member is IPropertySymbol ? StateNames.SnakeCase(member.Name) : member.Name);
    }

    private static ComponentModel ParseComponent(IPropertySymbol property, string field, MarkedClass marked, AssignedTypes assigned)
    {
        var syntax = (PropertyDeclarationSyntax)property.DeclaringSyntaxReferences[0].GetSyntax();
        var element = ModuleTypes.ElementOfList(property.Type);
        var types = ModuleTypes.CanHoldLayer(element ?? property.Type) ? assigned.Of(property, property.Type) : new Assigned();
        var uses = MethodUse.Of(property, marked.Symbol, marked.Compilation.Assembly);
        var wraps = types.Kinds.Select(kind => ParseWrap(kind, uses, marked.Compilation)).OfType<WrapModel>().ToArray();
        return new ComponentModel(
            property.Name,
            field,
            property.Type.Qualified(),
            string.Join(" ", syntax.Modifiers.Select(m => m.Text)),
            Accessor(syntax, "get"),
            Accessor(syntax, "set") ?? Accessor(syntax, "init"),
            StateName(property),
            element is not null,
            wraps.ToEquatableArray(),
            types.HasOthers || types.HasUnknown || wraps.Length < types.Kinds.Count);
    }

    // The user's own members, and properties that differ in the case of their first letter, keep the field from its plain name.
    private static string FreeField(IPropertySymbol property, HashSet<string> taken)
    {
        var name = "__" + Identifiers.CamelUnescaped(property.Name);
        while (!taken.Add(name))
        {
            name += "_";
        }

        return name;
    }

    private static string? Accessor(PropertyDeclarationSyntax property, string keyword)
    {
        var accessor = property.AccessorList?.Accessors.FirstOrDefault(a => a.Keyword.Text == keyword);
        return accessor is null ? null : string.Join(" ", accessor.Modifiers.Select(m => m.Text).Append(keyword));
    }

    /// <summary>The emitted layer that wraps a kind of layer; null where no method of it does.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="uses">The methods that concern the layer.</param>
    /// <param name="compilation">The compilation of the annotated code.</param>
    public static WrapModel? ParseWrap(LayerKind kind, List<MethodUse> uses, Compilation compilation)
    {
        var chain = new List<(MethodModel Method, MethodUse Use)>();
        foreach (var use in uses)
        {
            var contract = MethodContract.Read(use.Class, compilation);
            if (contract.ModelOf(use, kind) is { } method && (contract.Layers & (int)kind) != 0)
            {
                chain.Add((method, use));
            }
        }

        if (chain.Count == 0 || !Composition.IsLegal(chain.SelectMany(c => Composition.KindsOf(c.Method))))
        {
            return null;
        }

        var methods = Composition.WithDistinctNames(chain.Select(c => c.Method));
        return new WrapModel(
            new LayerModel("ReparamLayers." + Identifiers.Namespace(compilation.AssemblyName ?? "Assembly"), kind, methods.ToEquatableArray()),
            chain.Select(c => c.Use.Creation()).ToEquatableArray());
    }
}
