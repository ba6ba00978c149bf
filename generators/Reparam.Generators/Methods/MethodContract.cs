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
    private readonly string? format;
    private INamedTypeSymbol? methods;
    private string memberClass;
    private string? keptWeight;

    private MethodContract(INamedTypeSymbol attribute, ReparamKind kind, Compilation compilation)
    {
        this.attribute = attribute;
        this.compilation = compilation;
        Kind = kind;
        var method = attribute.Attribute(MetadataNames.ReparamMethod);
        Method = method?.ConstructorArguments.FirstOrDefault().Value as string ?? "";
        memberClass = Method;
        Layers = method?.NamedArguments.FirstOrDefault(a => a.Key == "Layers").Value.Value as int?
            ?? (int)(LayerKind.Linear | LayerKind.Conv1d | LayerKind.Conv2d);
        key = method?.NamedArguments.FirstOrDefault(a => a.Key == "StateKey").Value.Value as string;
        format = method?.NamedArguments.FirstOrDefault(a => a.Key == "Format").Value.Value as string;
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

    /// <summary>The class of its model rule; null if it has none.</summary>
    public INamedTypeSymbol? Rule { get; private set; }

    /// <summary>The class of the packed format that the method brings; null if it writes one of the product's.</summary>
    public INamedTypeSymbol? Format { get; private set; }

    /// <summary>How the contract is broken; null if it holds.</summary>
    public string? Problem { get; private set; }

    /// <summary>The method for the emitter; null if the contract is broken or the kind emits no layer.</summary>
    public MethodModel? Model { get; private set; }

    /// <summary>The method as one annotation has it: null where it leaves the layer as it is, without its input map where that is off.</summary>
    /// <param name="use">An attribute of this class.</param>
    public MethodModel? ModelOf(MethodUse use) => ModelOf(use, null);

    /// <summary>The same for one kind of layer: an embedding looks its rows up and has no inputs to map.</summary>
    /// <param name="use">An attribute of this class.</param>
    /// <param name="kind">The layer; null for any that has inputs.</param>
    public MethodModel? ModelOf(MethodUse use, LayerKind? kind)
    {
        var isOff = kind == LayerKind.Embedding || (Model is { Input.When: { } property } && !use.IsOn(property));
        var model = isOff ? Model?.WithoutInput() : Model;
        return model is { Wraps: true } ? model : null;
    }

    /// <summary>Name of the attribute without its suffix.</summary>
    public string Name => NameOf(attribute);

    /// <summary>Name of an attribute class without its suffix.</summary>
    public static string NameOf(INamedTypeSymbol attribute) =>
        attribute.Name.EndsWith("Attribute", System.StringComparison.Ordinal) && attribute.Name.Length > 9
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
                case MetadataNames.InputMap: return ReparamKind.InputMap;
                case MetadataNames.ModelRule: return ReparamKind.ModelRule;
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

        if (format is not null && !ReadFormat(format))
        {
            return;
        }

        var input = attribute.Attribute(MetadataNames.ReparamInputMap);
        var rule = attribute.Attribute(MetadataNames.ReparamModelRule);
        var isBuildTime = Kind is ReparamKind.PostTraining or ReparamKind.Structure;
        if (isBuildTime && input is null && rule is null)
        {
            return;
        }

        if (!isBuildTime && (methods = ClassOf(Method, "method class")) is null)
        {
            return;
        }

        Model = Kind switch
        {
            ReparamKind.WeightMap => ReadWeightMap(),
            ReparamKind.SidePath => ReadSidePath(),
            ReparamKind.StepRule => ReadStepRule(),
            ReparamKind.InputMap => WithInput(Build([], null, null), methods!, null),
            ReparamKind.ModelRule => WithRule(Build([], null, null), methods!),
            _ => Build([], null, null),
        };
        if (input?.ConstructorArguments.FirstOrDefault().Value is string map && Problem is null && ClassOf(map, "input map") is { } mapClass)
        {
            Model = WithInput(Model, mapClass, input!.NamedArguments.FirstOrDefault(a => a.Key == "When").Value.Value as string);
        }

        if (rule?.ConstructorArguments.FirstOrDefault().Value is string name && Problem is null && ClassOf(name, "model rule") is { } ruleClass)
        {
            Model = WithRule(Model, ruleClass);
        }

        if (Problem is null && Model.States.GroupBy(s => s.Key).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            Problem = $"its weight and its input map both keep a state '{twice.Key}'";
        }

        if (Problem is not null)
        {
            Model = null;
        }
    }

    private bool ReadFormat(string name)
    {
        if (ClassOf(name, "packed format") is not { } type)
        {
            return false;
        }

        if (type.IsAbstract || !type.IsOrDerivesFrom(MetadataNames.PackedFormat) || type.DeclaredAccessibility != Accessibility.Public
            || !type.InstanceConstructors.Any(c => c.Parameters.Length == 0 && c.DeclaredAccessibility == Accessibility.Public))
        {
            Problem = $"the packed format '{name}' must be a public class that derives from {MetadataNames.PackedFormat} "
                + "and has a public constructor without parameters";
            return false;
        }

        Format = type;
        return true;
    }

    private INamedTypeSymbol? ClassOf(string name, string what)
    {
        var found = attribute.ContainingAssembly.GetTypeByMetadataName(name) ?? compilation.GetTypeByMetadataName(name);
        if (found is null)
        {
            Problem = $"the {what} '{name}' of '{attribute.Name}' does not exist in this compilation or its references";
        }

        return found;
    }

    private MethodModel ReadWeightMap()
    {
        var states = ReadAttach(["weight", "shape", "options", "inputs"], out var attach, out var item);
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
        var states = ReadAttach(["weight", "layer", "shape", "options", "inputs"], out var attach, out var item);
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

    // An input map has no latent: its Attach gives state alone, and a single one has the name of the parameter of Map that takes it.
    private MethodModel WithInput(MethodModel model, INamedTypeSymbol type, string? when)
    {
        var (own, ownName) = (methods, memberClass);
        (methods, memberClass) = (type, type.MetadataFullName());
        HashSet<string> provided = ["x", "training", "shape", "options"];
        StateModel[] states = [];
        EquatableArray<string>? attach = null;
        if (Find("Attach") is { } method)
        {
            var result = method.ReturnType;
            if (result is INamedTypeSymbol { IsTupleType: true } tuple)
            {
                states = [.. tuple.TupleElements.Select(e => ReadState(e)).OfType<StateModel>()];
            }
            else if (Find("Map")?.Parameters.FirstOrDefault(p => !provided.Contains(p.Name)) is { } only)
            {
                states = ReadState(only.Name, "", result, isNamed: true) is { } state ? [state] : [];
            }

            attach = Require("Attach", ["shape", "options", "inputs"], null, SharedOf(method, states));
        }

        states = [.. states.Select(s => s with { IsOfInput = true })];
        var arguments = states.Select(s => s.Argument).ToArray();
        var map = Require("Map", [.. arguments, .. provided], MetadataNames.Tensor);
        var input = map is null ? null : new InputMapModel(
            type.Qualified(), when, attach, map.Value,
            Optional("AfterStep", [.. arguments, "shape", "options"], null), Optional("LearningRate", ["parameter", "options"], "System.Double"));
        (methods, memberClass) = (own, ownName);
        return model with { Input = input, States = model.States.Concat(Marked(states, type)).ToEquatableArray() };
    }

    private MethodModel WithRule(MethodModel model, INamedTypeSymbol type)
    {
        if (type.IsAbstract || !type.IsOrDerivesFrom(MetadataNames.TrainingModelRule)
            || !type.InstanceConstructors.Any(c => c.Parameters.Length == 0 && compilation.IsSymbolAccessibleWithin(c, compilation.Assembly)))
        {
            Problem =
                $"the model rule '{type.MetadataFullName()}' must derive from Reparam.Training.ModelRule and have a public constructor without parameters";
        }

        Rule = type;
        return model with { Rule = type.Qualified() };
    }

    private MethodModel Build(StateModel[] states, EquatableArray<string>? attach, string? item) => new(
        Kind,
        Name,
        attribute.MetadataFullName(),
        key ?? Name.ToLowerInvariant(),
        Identifiers.Camel(Identifiers.Words(Name)),
        attribute.Qualified(),
        methods?.Qualified() ?? "",
        Source,
        states.ToEquatableArray(),
        item,
        attach,
        Map: null,
        Forward: null,
        Delta: null,
        AfterStep: null,
        LearningRate: null,
        Input: null,
        Rule: null);

    private StateModel[] ReadAttach(HashSet<string> known, out EquatableArray<string>? parameters, out string? item)
    {
        item = null;
        parameters = null;
        if (Find("Attach") is not { } attach)
        {
            Require("Attach", known, null);
            return [];
        }

        var result = attach.ReturnType;
        StateModel[] states;
        var tuple = result is INamedTypeSymbol { IsTupleType: true } pair ? pair : null;
        if (result.MetadataFullName() == MetadataNames.Tensor)
        {
            item = "";
            states = [];
        }
        else if (tuple is not null && Kind == ReparamKind.SidePath && tuple.TupleElements[0].Type.MetadataFullName() == MetadataNames.Parameter)
        {
            // A side path that leaves the layer's weight as it is gives its state alone.
            states = [.. tuple.TupleElements.Select(e => ReadState(e)).OfType<StateModel>()];
        }
        else if (tuple is not null && tuple.TupleElements[0].Type.MetadataFullName() == MetadataNames.Tensor)
        {
            item = "." + tuple.TupleElements[0].Name;
            keptWeight = Identifiers.CamelUnescaped(tuple.TupleElements[0].Name);
            states = [.. tuple.TupleElements.Skip(1).Select(e => ReadState(e)).OfType<StateModel>()];
        }
        else
        {
            Problem = Kind == ReparamKind.SidePath
                ? $"'{Method}.Attach' must give a tuple: the states, the first one a Parameter, or before them the weight that the layer keeps, as in "
                    + "(Tensor? Base, Parameter S)"
                : $"'{Method}.Attach' must give a Tensor, or a tuple whose first element is one";
            return [];
        }

        parameters = Require("Attach", known, null, SharedOf(attach, states));
        return Marked(states, methods!);
    }

    // States that layers share come back into Attach by their names.
    private static string[] SharedOf(IMethodSymbol attach, StateModel[] states)
    {
        var names = attach.Attribute(MetadataNames.Shared)?.ConstructorArguments.SelectMany(a => a.Values).Select(v => v.Value as string).ToArray() ?? [];
        return [.. states.Where(s => names.Contains(s.Element)).Select(s => s.Argument)];
    }

    private StateModel[] Marked(StateModel[] states, INamedTypeSymbol type)
    {
        var attach = type.GetMembers("Attach").OfType<IMethodSymbol>().FirstOrDefault(m => m.Attribute(MetadataNames.Shared) is not null);
        if (attach is null)
        {
            return states;
        }

        var shared = SharedOf(attach, states);
        var named = attach.Attribute(MetadataNames.Shared)!.ConstructorArguments.SelectMany(a => a.Values).Select(v => v.Value as string);
        if (named.FirstOrDefault(n => states.All(s => s.Element != n)) is { } stranger)
        {
            Problem = $"[Shared] on '{type.MetadataFullName()}.Attach' names '{stranger}', which is no state that it gives";
        }

        return [.. states.Select(s => s with { IsShared = shared.Contains(s.Argument) })];
    }

    private StateModel? ReadState(IFieldSymbol element) => ReadState(element.Name, "." + element.Name, element.Type, element.IsExplicitlyNamedTupleElement);

    private StateModel? ReadState(string name, string access, ITypeSymbol type, bool isNamed)
    {
        var found = type.MetadataFullName();
        if (found != MetadataNames.Parameter && found != MetadataNames.Tensor)
        {
            Problem = $"element '{name}' of '{memberClass}.Attach' is a '{type.ToDisplayString()}', expected Parameter or Tensor";
            return null;
        }

        if (!isNamed)
        {
            Problem = $"every element that '{memberClass}.Attach' gives needs a name: it becomes the name in the state dict";
            return null;
        }

        var state = StateNames.SnakeCase(name);
        return new StateModel(
            name,
            access,
            name,
            Identifiers.CamelUnescaped(name),
            state,
            state,
            found == MetadataNames.Parameter,
            type.NullableAnnotation == NullableAnnotation.Annotated,
            IsShared: false,
            IsOfInput: false);
    }

    private EquatableArray<string>? Require(string member, HashSet<string> known, string? returns, params string[] further)
    {
        var parameters = Optional(member, [.. known, .. further], returns);
        if (parameters is null && Problem is null)
        {
            Problem = $"the method class '{memberClass}' has no public static member '{member}'";
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
            var why = Kind == ReparamKind.SidePath && stranger.Name == keptWeight
                ? "; the first element that Attach gives is a Tensor, so it is the weight that the layer keeps and no state: put 'Tensor? Base' before it"
                : "";
            Problem =
                $"parameter '{stranger.Name}' of '{memberClass}.{member}' is none of: "
                    + $"{string.Join(", ", known.OrderBy(n => n, System.StringComparer.Ordinal))}{why}";
            return null;
        }

        if (method.Parameters.FirstOrDefault(p => !IsGiven(p)) is { } other)
        {
            Problem = $"parameter '{other.Name}' of '{memberClass}.{member}' is a '{other.Type.ToDisplayString()}', "
                + $"expected {ShortName(TypeGiven(other.Name))}";
            return null;
        }

        if (returns is not null && method.ReturnType.MetadataFullName() != returns)
        {
            Problem = $"'{memberClass}.{member}' gives '{method.ReturnType.ToDisplayString()}', expected {ShortName(returns)}";
            return null;
        }

        return method.Parameters.Select(p => p.Name).ToEquatableArray();
    }

    // What the emitted call passes under a name; states are tensors.
    private static string TypeGiven(string name) => name switch
    {
        "training" or "folding" => "System.Boolean",
        "parameter" => "System.String",
        "layer" => MetadataNames.BaseLayer,
        "shape" => MetadataNames.LayerShape,
        "inputs" => MetadataNames.InputStatistics,
        "options" => MetadataNames.ReparamAttribute,
        _ => MetadataNames.Tensor,
    };

    private bool IsGiven(IParameterSymbol parameter)
    {
        var given = TypeGiven(parameter.Name);
        var type = parameter.Name == "options" ? attribute : compilation.GetTypeByMetadataName(given);
        return type is null || compilation.HasImplicitConversion(type, parameter.Type)
            || (given == MetadataNames.Tensor && parameter.Type.MetadataFullName() == MetadataNames.Parameter);
    }

    private static string ShortName(string name) => name.Substring(name.LastIndexOfAny(['.', '+']) + 1);

    private IMethodSymbol? Find(string member) => methods!.GetMembers(member).OfType<IMethodSymbol>()
        .FirstOrDefault(
            m => m.IsStatic && m.MethodKind == Microsoft.CodeAnalysis.MethodKind.Ordinary && compilation.IsSymbolAccessibleWithin(m, compilation.Assembly));
}
