using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>Writes one member of the twin.</summary>
internal static class MemberText
{
    /// <summary>
    /// The member as the twin has it; null if its declaration cannot be mapped, or if only training calls it and it cannot be translated. Another body that
    /// cannot be translated is one that throws.
    /// </summary>
    /// <param name="member">The user's member, rewritten.</param>
    /// <param name="rewriter">The edits and findings.</param>
    /// <param name="owner">The type that declares it.</param>
    /// <param name="indentation">Number of spaces before it.</param>
    public static string? Write(MemberDeclarationSyntax member, MemberRewriter rewriter, INamedTypeSymbol owner, int indentation)
    {
        if (rewriter is { IsForTraining: true, Findings.Count: > 0 })
        {
            return null;
        }

        if (rewriter.Broken is { } broken)
        {
            foreach (var body in member.DescendantNodes(node => node == member || !IsReplaceable(node)).Where(node => IsReplaceable(node) && !IsDefault(node)))
            {
                Neutralize(body, member, rewriter.Edits, broken, owner);
            }
        }

        foreach (var finding in rewriter.Findings.Where(f => f.Descriptor != TwinDiagnostics.WouldNotCompile && f.Location != rewriter.Broken?.Location))
        {
            if (!Neutralize(member.FindNode(finding.Location.SourceSpan, getInnermostNodeForTie: true), member, rewriter.Edits, finding, owner))
            {
                return null;
            }
        }

        return rewriter.Edits.Write(member, indentation);
    }

    /// <summary>The arguments that a primary constructor gives to its base, with parentheses; the name alone where they cannot be translated.</summary>
    /// <param name="call">The base type with arguments.</param>
    /// <param name="header">The edits and findings of the type's declaration.</param>
    /// <param name="owner">The type.</param>
    /// <param name="indentation">Number of spaces before the type.</param>
    public static string BaseArguments(PrimaryConstructorBaseTypeSyntax call, MemberRewriter header, INamedTypeSymbol owner, int indentation) =>
        header.Findings.Any(f => call.Span.Contains(f.Location.SourceSpan))
            ? $"({Literals.Of(owner.Name)})"
            : header.Edits.Write(call.ArgumentList, indentation).TrimStart();

    /// <summary>The accessibility of a type's twin. A class whose nested classes have twins beside it lets them in.</summary>
    /// <param name="type">The type.</param>
    public static string Access(INamedTypeSymbol type) => type.ContainingType is null || TakesPart.StandsAlone(type)
        ? type.DeclaredAccessibility == Accessibility.Public ? "public " : "internal "
        : TakesPart.LetsIn(type.ContainingType) && type.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected ? "internal "
        : type.DeclaredAccessibility switch
        {
            Accessibility.Public => "public ",
            Accessibility.Internal => "internal ",
            Accessibility.Protected => "protected ",
            Accessibility.ProtectedOrInternal => "protected internal ",
            Accessibility.ProtectedAndInternal => "private protected ",
            _ => "private ",
        };

    // Replaces what holds the finding by code that compiles; false if that would be the declaration itself.
    private static bool Neutralize(SyntaxNode place, MemberDeclarationSyntax member, SourceEdits edits, Finding finding, INamedTypeSymbol owner)
    {
        var outermost = place.AncestorsAndSelf().TakeWhile(node => node != member).LastOrDefault(IsReplaceable);
        switch (outermost)
        {
            case ArrowExpressionClauseSyntax arrow:
                edits.Overwrite(arrow.Span, "=> " + Throw(finding, owner));
                return true;
            case BlockSyntax { Statements.Count: > 0 } block:
                edits.Overwrite(TextSpan.FromBounds(block.Statements[0].SpanStart, block.Statements.Last().Span.End), Throw(finding, owner) + ";");
                return true;
            case EqualsValueClauseSyntax initializer:
                edits.Overwrite(initializer.Span, "= default!");
                return true;
            case ConstructorInitializerSyntax call:
                edits.Overwrite(call.Span, call.ThisOrBaseKeyword.IsKind(SyntaxKind.BaseKeyword) ? $": base({Literals.Of(owner.Name)})" : "");
                return true;
            default:
                return false;
        }
    }

    private static bool IsDefault(SyntaxNode node) => node is EqualsValueClauseSyntax { Parent: ParameterSyntax };

    private static bool IsReplaceable(SyntaxNode node) => node switch
    {
        ArrowExpressionClauseSyntax => true,
        BlockSyntax => true,
        EqualsValueClauseSyntax => true,
        ConstructorInitializerSyntax => true,
        _ => false,
    };

    private static string Throw(Finding finding, INamedTypeSymbol owner) =>
        $"throw new global::System.NotSupportedException({Literals.Of($"{owner.Name}: {finding.Message} ({finding.Descriptor.Id}).")})";
}
