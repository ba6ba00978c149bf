using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;

namespace Reparam.Generators.Methods;

/// <summary>
/// Reads an attribute class and the method class that it names. Where the contract of its kind is broken, <see cref="Problem"/> says how; the
/// generator then leaves the method out and an analyzer reports the problem.
/// </summary>
internal sealed class MethodContract
{
    private readonly INamedTypeSymbol attribute;
    private readonly Compilation compilation;
    private readonly string? key;
    private INamedTypeSymbol? methods;

    private MethodContract(INamedTypeSymbol attribute, ReparamKind kind, Compilation compilation)
    {
        this.attribute = attribute;
        this.compilation = compilation;
        Kind = kind;
        var method = attribute.Attribute(MetadataNames.ReparamMethod);
        Method = method?.ConstructorArguments.FirstOrDefault().Value as string ?? "";
        Layers = method?.NamedArguments.FirstOrDefault(a => a.Key == "Layers").Value.Value as int? ?? (int)(LayerKind.Linear | LayerKind.Conv1d | LayerKind.Conv2d);
        key = method?.NamedArguments.FirstOrDefault(a => a.Key == "StateKey").Value.Value as string;
        Source = method?.NamedArguments.FirstOrDefault(a => a.Key == "Source").Value.Value as string;
    }

    /// <summary>The attribute's kind.</summary>
    public ReparamKind Kind { get; }

    /// <summary>Full metadata name of the method class, or the worker's name of a post-training method.</summary>
    public string Method { get; }

    /// <summary>The layers that the method applies to, as flags.</summary>
    public int Layers { get; }

    /// <summary>Paper, venue, identifier.</summary>
    public string? Source { get; }

    /// <summary>How the contract is broken; null if it holds.</summary>
    public string? Problem { get; private set; }

    /// <summary>The method for the emitter; null if the contract is broken or the kind emits no layer.</summary>
    public MethodModel? Model { get; private set; }

    /// <summary>Name of the attribute without its suffix.</summary>
    public string Name => NameOf(attribute);

    /// <summary>Name of an attribute class without its suffix.</summary>
    public static string NameOf(INamedTypeSymbol attribute) => attribute.Name.EndsWith("Attribute", System.StringComparison.Ordinal) && attribute.Name.Length > 9
        ? attribute.Name.Substring(0, attribute.Name.Length - 9)
        : attribute.Name;

    /// <summary>The kind of an attribute class; null if it is no method attribute.</summary>
    public static ReparamKind? KindOf(INamedTypeSymbol? attribute)
    {
        for (var type = attribute; type is not null; type = type.BaseType)
        {
            switch (type.MetadataFullName())
            {
                case MetadataNames.WeightMap: return ReparamKind.WeightMap;
                case MetadataNames.SidePath: return ReparamKind.SidePath;
                case MetadataNames.StepRule: return ReparamKind.StepRule;
                case MetadataNames.Structure: return ReparamKind.Structure;
                case MetadataNames.PostTraining: return ReparamKind.PostTraining;
            }
        }

        return null;
    }

    /// <summary>Reads an attribute class and its method class.</summary>
    /// <param name="attribute">A class of one of the kinds.</param>
    /// <param name="compilation">The compilation of the annotated code.</param>
    public static MethodContract Read(INamedTypeSymbol attribute, Compilation compilation)
    {
        var contract = new MethodContract(attribute, KindOf(attribute)!.Value, compilation);
        contract.Read();
        return contract;
    }

    private void Read()
    {
        if (Method.Length == 0)
        {
            Problem = $"'{attribute.Name}' has no [ReparamMethod(\"...\")] that names its method";
            return;
        }

        if (Kind is ReparamKind.PostTraining or ReparamKind.Structure)
        {
            return;
        }

        methods = attribute.ContainingAssembly.GetTypeByMetadataName(Method) ?? compilation.GetTypeByMetadataName(Method);
        if (methods is null)
        {
            Problem = $"the method class '{Method}' of '{attribute.Name}' does not exist in this compilation or its references";
            return;
        }

        Model = Kind switch
        {
            ReparamKind.WeightMap => ReadWeightMap(),
            ReparamKind.SidePath => ReadSidePath(),
            _ => ReadStepRule(),
        };
        if (Problem is not null)
        {
            Model = null;
        }
    }

    private MethodModel ReadWeightMap()
    {
        var states = ReadAttach(["weight", "shape", "options"], out var attach, out var item);
        var arguments = states.Select(s => s.Argument).ToArray();
        return Build(states, attach, item) with
        {
            Map = Require("Map", [.. arguments, "latent", "training", "folding", "shape", "options"], MetadataNames.Tensor),
            AfterStep = Optional("AfterStep", [.. arguments, "latent", "shape", "options"], null),
            LearningRate = Optional("LearningRate", ["parameter", "options"], "System.Double"),
        };
    }

    private MethodModel ReadSidePath()
    {
        var states = ReadAttach(["weight", "layer", "shape", "options"], out var attach, out var item);
        var arguments = states.Select(s => s.Argument).ToArray();
        return Build(states, attach, item) with
        {
            Forward = Require("Forward", [.. arguments, "x", "y", "weight", "layer", "training", "shape", "options"], MetadataNames.Tensor),
            Delta = Require("Delta", [.. arguments, "weight", "layer", "shape", "options"], MetadataNames.Tensor),
            AfterStep = Optional("AfterStep", [.. arguments, "shape", "options"], null),
            LearningRate = Optional("LearningRate", ["parameter", "options"], "System.Double"),
        };
    }

    private MethodModel ReadStepRule() => Build([], null, null) with
    {
        AfterStep = Require("AfterStep", ["latent", "shape", "options"], null),
    };

    private MethodModel Build(StateModel[] states, EquatableArray<string>? attach, string? item) => new(
        Kind,
        Name,
        attribute.MetadataFullName(),
        key ?? Name.ToLowerInvariant(),
        Identifiers.Camel(Identifiers.Words(Name)),
        attribute.Qualified(),
        methods!.Qualified(),
        Source,
        states.ToEquatableArray(),
        item,
        attach,
        Map: null,
        Forward: null,
        Delta: null,
        AfterStep: null,
        LearningRate: null);

    private StateModel[] ReadAttach(HashSet<string> known, out EquatableArray<string>? parameters, out string? item)
    {
        parameters = Require("Attach", known, null);
        item = null;
        if (Problem is not null)
        {
            return [];
        }

        var result = Find("Attach")!.ReturnType;
        if (result.MetadataFullName() == MetadataNames.Tensor)
        {
            item = "";
            return [];
        }

        // A side path that leaves the layer's weight as it is gives its state alone.
        var isTuple = result is INamedTypeSymbol { IsTupleType: true };
        if (isTuple && Kind == ReparamKind.SidePath && ((INamedTypeSymbol)result).TupleElements[0].Type.MetadataFullName() == MetadataNames.Parameter)
        {
            return [.. ((INamedTypeSymbol)result).TupleElements.Select(ReadState).OfType<StateModel>()];
        }

        if (!isTuple || result is not INamedTypeSymbol tuple || tuple.TupleElements[0].Type.MetadataFullName() != MetadataNames.Tensor)
        {
            Problem = $"'{Method}.Attach' must give a Tensor, or a tuple whose first element is one";
            return [];
        }

        item = "." + tuple.TupleElements[0].Name;
        return [.. tuple.TupleElements.Skip(1).Select(ReadState).OfType<StateModel>()];
    }

    private StateModel? ReadState(IFieldSymbol element)
    {
        var type = element.Type.MetadataFullName();
        if (type != MetadataNames.Parameter && type != MetadataNames.Tensor)
        {
            Problem = $"element '{element.Name}' of '{Method}.Attach' is a '{element.Type.ToDisplayString()}', expected Parameter or Tensor";
            return null;
        }

        if (!element.IsExplicitlyNamedTupleElement)
        {
            Problem = $"every element that '{Method}.Attach' gives needs a name: it becomes the name in the state dict";
            return null;
        }

        var key = StateNames.SnakeCase(element.Name);
        return new StateModel(
            element.Name,
            element.Name,
            Identifiers.CamelUnescaped(element.Name),
            key,
            key,
            type == MetadataNames.Parameter,
            element.Type.NullableAnnotation == NullableAnnotation.Annotated);
    }

    private EquatableArray<string>? Require(string member, HashSet<string> known, string? returns)
    {
        var parameters = Optional(member, known, returns);
        if (parameters is null && Problem is null)
        {
            Problem = $"the method class '{Method}' has no public static member '{member}'";
        }

        return parameters;
    }

    private EquatableArray<string>? Optional(string member, HashSet<string> known, string? returns)
    {
        if (Problem is not null || Find(member) is not { } method)
        {
            return null;
        }

        if (method.Parameters.FirstOrDefault(p => !known.Contains(p.Name)) is { } stranger)
        {
            Problem = $"parameter '{stranger.Name}' of '{Method}.{member}' is none of: {string.Join(", ", known.OrderBy(n => n, System.StringComparer.Ordinal))}";
            return null;
        }

        if (returns is not null && method.ReturnType.MetadataFullName() != returns)
        {
            Problem = $"'{Method}.{member}' gives '{method.ReturnType.ToDisplayString()}', expected {returns.Substring(returns.LastIndexOfAny(['.', '+']) + 1)}";
            return null;
        }

        return method.Parameters.Select(p => p.Name).ToEquatableArray();
    }

    private IMethodSymbol? Find(string member) => methods!.GetMembers(member).OfType<IMethodSymbol>()
        .FirstOrDefault(m => m.IsStatic && m.MethodKind == Microsoft.CodeAnalysis.MethodKind.Ordinary && compilation.IsSymbolAccessibleWithin(m, compilation.Assembly));
}
