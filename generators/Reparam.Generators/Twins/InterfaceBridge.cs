using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>
/// Joins the interfaces of the user's own to what the run-time library calls by other names: a module's <c>forward</c> implements the <c>forward</c> of an
/// interface, and its twin has <c>Forward</c>. An explicit implementation hands the call on.
/// </summary>
internal static class InterfaceBridge
{
    /// <summary>The implementations that the twin of a class needs.</summary>
    /// <param name="writer">Gets them.</param>
    /// <param name="type">A class that derives from a module.</param>
    /// <param name="context">What the twins share.</param>
    public static void Write(CodeWriter writer, INamedTypeSymbol type, TwinContext context)
    {
        var inherited = type.BaseType?.AllInterfaces ?? [];
        var members = type.AllInterfaces.Except(inherited, SymbolEqualityComparer.Default).OfType<INamedTypeSymbol>()
            .Where(i => context.Marked.IsOwn(i) && context.Marked.TakesPart(i)).SelectMany(i => i.GetMembers());
        foreach (var member in members.Where(m => m is IMethodSymbol { MethodKind: MethodKind.Ordinary, Arity: 0 } or IPropertySymbol { IsIndexer: false }))
        {
            if (NameOfImplementation(member, type, context) is { } name && name != context.NameInTwin(member)
                && context.Types.Text(member.ContainingType) is { } container)
            {
                Write(writer, $"{container}.{Identifiers.Escape(context.NameInTwin(member))}", member, name, context);
            }
        }
    }

    // The name of what implements a member, where that is TorchSharp's own or overrides it; null where the twin finds it by itself.
    private static string? NameOfImplementation(ISymbol member, INamedTypeSymbol type, TwinContext context)
    {
        if (type.FindImplementationForInterfaceMember(member) is not { IsStatic: false } found)
        {
            return null;
        }

        return TypeMap.IsTorch(found.ContainingType) ? context.Table.Members(found).FirstOrDefault()?.Name
            : context.OverriddenTorchMember(found) is not null ? context.NameInTwin(found)
            : null;
    }

    private static void Write(CodeWriter writer, string head, ISymbol member, string name, TwinContext context)
    {
        if (!context.IsDeclarable(member))
        {
            return;
        }

        var type = CallMatcher.TypeOf(member) is { SpecialType: SpecialType.System_Void } ? "void" : context.Types.Text(CallMatcher.TypeOf(member));
        if (member is IMethodSymbol method)
        {
            var parameters = method.Parameters.Select(p => $"{Prefix(p.RefKind)}{context.Types.Text(p.Type)} {Identifiers.Escape(p.Name)}");
            var arguments = method.Parameters.Select(p => Prefix(p.RefKind) + Identifiers.Escape(p.Name));
            writer.Line($"{type} {head}({string.Join(", ", parameters)}) => {name}({string.Join(", ", arguments)});").Line();
        }
        else if (member is IPropertySymbol property)
        {
            var accessors = (property.GetMethod is null ? "" : $"get => {name}; ") + (property.SetMethod is null ? "" : $"set => {name} = value; ");
            writer.Line($"{type} {head} {{ {accessors}}}").Line();
        }
    }

    private static string Prefix(RefKind kind) => kind switch
    {
        RefKind.Ref => "ref ",
        RefKind.Out => "out ",
        RefKind.In => "in ",
        _ => "",
    };
}
