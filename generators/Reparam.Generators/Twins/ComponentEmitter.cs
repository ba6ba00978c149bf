using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Layers;

namespace Reparam.Generators.Twins;

/// <summary>
/// Writes <c>VisitComponents</c>, which names what a checkpoint fills. The names are those that TorchSharp's registration gives in the
/// annotated class.
/// </summary>
internal static class ComponentEmitter
{
    private const string Buffer = nameof(Buffer);

    /// <summary>Writes the override for a class that derives from TorchSharp's module.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="type">The annotated class.</param>
    /// <param name="context">What the twins share.</param>
    public static void Write(CodeWriter writer, INamedTypeSymbol type, TwinContext context)
    {
        var calls = Components(type, context).ToArray();
        if (calls.Length == 0)
        {
            return;
        }

        writer.Line();
        using (writer.Open($"protected override void VisitComponents(global::{TwinNames.ComponentVisitor} visitor)"))
        {
            if (type.BaseType is { } baseType && context.Marked.TakesPart(baseType))
            {
                writer.Line("base.VisitComponents(visitor);");
            }

            foreach (var call in calls)
            {
                writer.Line(call);
            }
        }
    }

    private static IEnumerable<string> Components(INamedTypeSymbol type, TwinContext context)
    {
        var weight = OwnWeight.Of(type, context.Compilation, CancellationToken.None);
        foreach (var member in type.GetMembers().Where(m => !m.IsStatic))
        {
            var (memberType, name) = member switch
            {
                IPropertySymbol { IsPartialDefinition: true } property => (property.Type, Named(property) ?? StateNames.SnakeCase(property.Name)),
                IFieldSymbol { AssociatedSymbol: IPropertySymbol property } field => (property.Type, Named(field) ?? field.Name),
                IFieldSymbol field => (field.Type, Named(field) ?? field.Name),
                _ => (null, ""),
            };
            if (memberType is not null && context.Types.Text(memberType) is not null && Kind(memberType) is { } kind
                && !(kind == Buffer && member is IFieldSymbol tensor && Registration.IsLate(tensor)))
            {
                var access = member is IFieldSymbol { AssociatedSymbol: { } backed } ? backed : member;
                var held = Identifiers.Escape(Captured(member) ?? context.NameInTwin(access));
                yield return !SymbolEqualityComparer.Default.Equals(access, weight) ? $"visitor.{kind}({Literals.Of(name)}, {held});"
                    : kind == Buffer ? $"{held} = visitor.Weight({Literals.Of(name)}, {held})!;"
                    : $"visitor.Weight({Literals.Of(name)}, {held});";
            }
        }
    }

    // The compiler keeps a parameter of a primary constructor, where a body uses it, in a field <name>P.
    private static string? Captured(ISymbol member) => member is IFieldSymbol { IsImplicitlyDeclared: true, Name: var name }
        && name.StartsWith("<", System.StringComparison.Ordinal) && name.EndsWith(">P", System.StringComparison.Ordinal)
        ? name.Substring(1, name.Length - 3)
        : null;

    private static string? Kind(ITypeSymbol type) =>
        type is ITypeParameterSymbol parameter ? parameter.ConstraintTypes.Select(Kind).FirstOrDefault(kind => kind is not null)
        : type.IsOrDerivesFrom(MetadataNames.Module) ? "Module"
        : type.IsOrDerivesFrom(MetadataNames.Parameter) ? "Parameter"
        : type.IsOrDerivesFrom(MetadataNames.Tensor) ? Buffer
        : null;

    private static string? Named(ISymbol member) =>
        member.Attribute(MetadataNames.ComponentName)?.NamedArguments.FirstOrDefault(a => a.Key == "Name").Value.Value as string;
}
