using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Analyzers;

/// <summary>Where an attribute and its arguments stand in the source.</summary>
internal static class AttributeSyntaxFacts
{
    /// <summary>The attribute's place.</summary>
    public static Location Location(this AttributeData attribute) =>
        attribute.ApplicationSyntaxReference?.GetSyntax().GetLocation() ?? Microsoft.CodeAnalysis.Location.None;

    /// <summary>The place of a constructor argument; of the attribute if the argument is not written.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <param name="parameter">Its constructor's parameter.</param>
    public static Location ArgumentLocation(this AttributeData attribute, IParameterSymbol parameter)
    {
        var arguments = (attribute.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax)?.ArgumentList?.Arguments;
        var argument = arguments?.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == parameter.Name)
            ?? arguments?.Where(a => a.NameEquals is null && a.NameColon is null).ElementAtOrDefault(parameter.Ordinal);
        return argument?.Expression.GetLocation() ?? attribute.Location();
    }

    /// <summary>The place of a property's value; of the attribute if it is not written.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <param name="property">Name of the property.</param>
    public static Location ArgumentLocation(this AttributeData attribute, string property)
    {
        var arguments = (attribute.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax)?.ArgumentList?.Arguments;
        var argument = arguments?.FirstOrDefault(a => a.NameEquals?.Name.Identifier.ValueText == property);
        return argument?.Expression.GetLocation() ?? attribute.Location();
    }

    /// <summary>
    /// The method attributes on a class and on its properties. Analyzers ask the class, because the symbol action of a partial property comes for its
    /// implementing part, which is emitted code.
    /// </summary>
    /// <param name="type">A class.</param>
    public static IEnumerable<MethodUse> MethodUses(this INamedTypeSymbol type) => MethodUse.From(type, MethodScope.Class)
        .Concat(
            type.GetMembers().OfType<IPropertySymbol>().Where(p => p.PartialDefinitionPart is null).SelectMany(p => MethodUse.From(p, MethodScope.Property)));

    /// <summary>The attribute's name without its suffix.</summary>
    public static string Name(this MethodUse use) => MethodContract.NameOf(use.Class);
}
