using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>Writes the twin of a marked class.</summary>
internal static class TwinEmitter
{
    /// <summary>The twin of a class, or null if it gets none.</summary>
    /// <param name="found">The marked class.</param>
    /// <param name="cancellation">Cancels between members.</param>
    public static Twin? Emit(MarkedClass found, CancellationToken cancellation) => TwinContext.Of(found.Compilation) is { } context
        ? context.Twins.Of(found, (one, token) => context.Marked.HasTwin(one.Symbol) ? Make(one, context, token) : null, cancellation)
        : null;

    /// <summary>The user's members that a twin takes over, each with the model of its file.</summary>
    public static IEnumerable<(MemberDeclarationSyntax Member, SemanticModel Model)> MembersOf(INamedTypeSymbol type, Compilation compilation)
    {
        foreach (var reference in type.DeclaringSyntaxReferences)
        {
            if (reference.GetSyntax() is TypeDeclarationSyntax declaration)
            {
                var model = compilation.ModelOf(declaration.SyntaxTree);
                foreach (var member in declaration.Members)
                {
                    yield return (member, model);
                }
            }
        }
    }

    /// <summary>True for the part of a partial member that only declares it, when the user wrote the other part.</summary>
    public static bool IsImplementedElsewhere(MemberDeclarationSyntax member, SemanticModel model, CancellationToken cancellation) =>
        member is MethodDeclarationSyntax or PropertyDeclarationSyntax or IndexerDeclarationSyntax or ConstructorDeclarationSyntax or EventDeclarationSyntax
        && model.GetDeclaredSymbol(member, cancellation) is IMethodSymbol { PartialImplementationPart: not null }
        or IPropertySymbol { PartialImplementationPart: not null };

    private static Twin Make(MarkedClass found, TwinContext context, CancellationToken cancellation)
    {
        var type = found.Symbol;
        var namespaces = new SortedSet<string>(System.StringComparer.Ordinal);
        var members = new StringBuilder();
        foreach (var text in Members(type, context, namespaces, cancellation))
        {
            members.Append(text).Append('\n');
        }

        var writer = new CodeWriter();
        if (TypeMap.DerivesFromTorch(type))
        {
            FormatEmitter.Write(writer, type, context);
            ComponentEmitter.Write(writer, type, context);
            if (found.IsRoot && !type.IsAbstract)
            {
                LoadEmitter.Write(writer, type, context);
            }
        }

        members.Append(Indent(writer.ToString()));
        var name = TypeName.Of(type);
        return new Twin(name.HintName("Twin"), Header(type, name, context, namespaces) + members.ToString().TrimEnd('\n') + "\n}\n");
    }

    private static IEnumerable<string> Members(INamedTypeSymbol type, TwinContext context, ISet<string> namespaces, CancellationToken cancellation)
    {
        MemberDeclarationSyntax? previous = null;
        foreach (var (member, model) in MembersOf(type, context.Compilation))
        {
            cancellation.ThrowIfCancellationRequested();
            if (IsImplementedElsewhere(member, model, cancellation))
            {
                continue;
            }

            var rewriter = new MemberRewriter(context, model, type, namespaces, cancellation);
            rewriter.Visit(member);
            if (MemberText.Write(member, rewriter, type) is { } text)
            {
                text = rewriter.Forward is { } forward ? $"{forward}\n\n{text}" : text;
                var isApart = previous is not null && !(previous is FieldDeclarationSyntax && member is FieldDeclarationSyntax && !HasBlankLineBefore(member));
                yield return isApart ? "\n" + text : text;
                previous = member;
            }
        }
    }

    private static bool HasBlankLineBefore(SyntaxNode member)
    {
        var isEmpty = true;
        foreach (var trivia in member.GetLeadingTrivia())
        {
            if (trivia.IsKind(SyntaxKind.EndOfLineTrivia))
            {
                if (isEmpty)
                {
                    return true;
                }

                isEmpty = true;
            }
            else if (!trivia.IsKind(SyntaxKind.WhitespaceTrivia))
            {
                isEmpty = trivia.HasStructure;
            }
        }

        return false;
    }

    private static string Header(INamedTypeSymbol type, TypeName name, TwinContext context, SortedSet<string> namespaces)
    {
        var writer = new CodeWriter().Header();
        foreach (var space in namespaces)
        {
            writer.Line($"using {space};");
        }

        if (namespaces.Count > 0)
        {
            writer.Line();
        }

        if (name.Namespace.Length > 0)
        {
            writer.Line($"namespace {name.Namespace};").Line();
        }

        writer.Line($"/// <summary><c>{name.Name}</c> at run time: the same code on Reparam.Runtime, without TorchSharp.</summary>");
        writer.Line(GeneratedCode.Attribute);
        writer.Line(GeneratedCode.NotCovered);
        var bases = Bases(type, context);
        writer.Line($"{Modifiers(type)}class {name.Name}{TwinNames.Suffix}{(bases.Length > 0 ? " : " + string.Join(", ", bases) : "")}");
        writer.Line("{");
        return writer.ToString();
    }

    private static string[] Bases(INamedTypeSymbol type, TwinContext context)
    {
        IEnumerable<INamedTypeSymbol> bases = type.Interfaces.Except(TwinShape.LeftOut(type, context), SymbolEqualityComparer.Default)
            .OfType<INamedTypeSymbol>();
        if (type.BaseType is { SpecialType: not SpecialType.System_Object } baseType)
        {
            bases = bases.Prepend(baseType);
        }

        return [.. bases.Select(context.Types.Text).OfType<string>()];
    }

    private static string Modifiers(INamedTypeSymbol type)
    {
        var accessibility = type.DeclaredAccessibility == Accessibility.Public ? "public " : "internal ";
        var inheritance = type.IsStatic ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
        var isUnsafe = type.DeclaringSyntaxReferences.Any(
            r => r.GetSyntax() is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.UnsafeKeyword));
        return accessibility + inheritance + (isUnsafe ? "unsafe " : "");
    }

    private static string Indent(string text) =>
        string.Join("\n", text.Split('\n').Select(line => line.Length > 0 ? "    " + line : line));
}
