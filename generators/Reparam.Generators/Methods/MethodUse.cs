using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Layers;

namespace Reparam.Generators.Methods;

/// <summary>One method attribute that concerns a layer. Never leaves a transform or an analyzer.</summary>
/// <param name="Attribute">The attribute as written.</param>
/// <param name="Class">The attribute's class.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Scope">Where it is written.</param>
internal sealed record MethodUse(AttributeData Attribute, INamedTypeSymbol Class, ReparamKind Kind, MethodScope Scope)
{
    // Settings of where and whether the method applies: none of the method's own business.
    private static readonly string[] PlacementNames = ["Targets", "Ignore", "Order"];

    /// <summary>Place in the composition; lower is nearer to the stored weight.</summary>
    public int Order => Named("Order") is int order ? order : 0;

    /// <summary>True if the method is switched off here.</summary>
    public bool Ignore => Named("Ignore") is true;

    /// <summary>Regular expression over names of members and paths in the state dict; null takes all.</summary>
    public string? Targets => Narrowed ?? Named("Targets") as string;

    private string? Narrowed { get; init; }

    /// <summary>The same use with each alternative of its targets alone: <c>Query</c> and <c>Value</c> of <c>Query|Value</c>.</summary>
    public IEnumerable<MethodUse> Alternatives() =>
        Targets is { } pattern ? TargetPattern.Alternatives(pattern).Select(alternative => this with { Narrowed = alternative }) : [this];

    /// <summary>True if a property is written with another value than 0, false or null.</summary>
    /// <param name="property">Name of a property of the attribute.</param>
    public bool IsOn(string property) => Named(property) switch
    {
        null or false => false,
        System.IConvertible number and not (bool or string) => number.ToDouble(System.Globalization.CultureInfo.InvariantCulture) != 0,
        _ => true,
    };

    /// <summary>True if the layer is wrapped for the method, so that it trains in another form.</summary>
    /// <param name="compilation">The compilation of the annotated code.</param>
    /// <param name="kind">The layer; null for any that has inputs.</param>
    public bool Wraps(Compilation compilation, LayerKind? kind = null) => MethodContract.Read(Class, compilation).ModelOf(this, kind) is not null;

    /// <summary>The settings that belong to the method, as written.</summary>
    public IEnumerable<KeyValuePair<string, TypedConstant>> Settings => Attribute.NamedArguments.Where(a => !PlacementNames.Contains(a.Key));

    /// <summary>
    /// The methods of a property: nearest scope wins for each method, ignored ones drop out; the result is in composition order (Order, then assembly
    /// before class before property, then as written).
    /// </summary>
    /// <param name="property">A partial property.</param>
    /// <param name="type">The class that is marked.</param>
    /// <param name="assembly">The assembly of the annotated code.</param>
    public static List<MethodUse> Of(IPropertySymbol property, INamedTypeSymbol type, IAssemblySymbol assembly) =>
        Of(property, type, assembly, use => use.Matches(property.Name) || use.Matches(ModuleParser.StateName(property)));

    /// <summary>The methods of a place: as for a property, where the member and the targets say so.</summary>
    /// <param name="member">The member that holds the place; null where none does.</param>
    /// <param name="type">The class that is marked.</param>
    /// <param name="assembly">The assembly of the annotated code.</param>
    /// <param name="matches">Whether the targets of a wider scope take the place.</param>
    public static List<MethodUse> Of(ISymbol? member, INamedTypeSymbol type, IAssemblySymbol assembly, System.Func<MethodUse, bool> matches)
    {
        var all = From(assembly, MethodScope.Assembly)
            .Concat(From(type, MethodScope.Class))
            .Where(matches)
            .Concat(member is null ? [] : From(member, MethodScope.Property))
            .ToList();
        return [.. all
            .Where(use => !all.Any(other => other.Scope > use.Scope && SymbolEqualityComparer.Default.Equals(other.Class, use.Class)))
            .Where(use => !use.Ignore)
            .OrderBy(use => use.Order)];
    }

    /// <summary>The method attributes that a symbol has.</summary>
    public static IEnumerable<MethodUse> From(ISymbol symbol, MethodScope scope)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass is { } type && MethodContract.KindOf(type) is { } kind)
            {
                yield return new MethodUse(attribute, type, kind, scope);
            }
        }
    }

    /// <summary>
    /// True if a member's name, or a path in the state dict, is among the targets. A pattern that cannot be read takes nothing; an analyzer reports it.
    /// </summary>
    public bool Matches(string name)
    {
        if (Targets is not { } pattern)
        {
            return true;
        }

        try
        {
            return Regex.IsMatch(name, $"^(?:{pattern})$", RegexOptions.CultureInvariant, System.TimeSpan.FromSeconds(1));
        }
        catch (System.ArgumentException)
        {
            return false;
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>The expression that makes the attribute object again.</summary>
    public string Creation()
    {
        var arguments = string.Join(", ", Attribute.ConstructorArguments.Select(Literals.Of));
        var settings = string.Join(", ", Settings.Select(s => $"{s.Key} = {Literals.Of(s.Value)}"));
        return $"new {Class.Qualified()}({arguments})" + (settings.Length == 0 ? "" : $" {{ {settings} }}");
    }

    private object? Named(string name) => Attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value.Value;
}
