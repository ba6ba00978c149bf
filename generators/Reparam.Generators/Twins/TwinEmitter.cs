using System.Collections.Generic;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>Writes the file of a twin: a type with all that is nested in it.</summary>
internal static class TwinEmitter
{
    private const int Step = 4;

    /// <summary>The file of a type whose members were rewritten.</summary>
    /// <param name="unit">A type that is not written inside of another twin.</param>
    /// <param name="types">All types that were reached.</param>
    /// <param name="context">What the twins share.</param>
    public static TwinDraft Emit(TwinType unit, IReadOnlyDictionary<INamedTypeSymbol, TwinType> types, TwinContext context)
    {
        var symbol = unit.Symbol;
        var name = TypeName.Of(symbol);
        var marks = new TwinDraft.Marks();
        var text = new StringBuilder(Header(name, Namespaces(unit, types)));
        var around = new List<INamedTypeSymbol>();
        for (var outer = symbol.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            around.Insert(0, outer);
        }

        foreach (var outer in around)
        {
            text.Append(Pad(around.IndexOf(outer))).Append(TypeName.PartOf(outer)).Append('\n').Append(Pad(around.IndexOf(outer))).Append("{\n");
        }

        var pad = Pad(around.Count);
        text.Append($"{pad}/// <summary><c>{symbol.Name}</c> at run time: the same code on Reparam.Runtime, without TorchSharp.</summary>\n");
        text.Append(pad).Append(GeneratedCode.Attribute).Append('\n');
        if (symbol.TypeKind is TypeKind.Class or TypeKind.Struct)
        {
            text.Append(pad).Append(GeneratedCode.NotCovered).Append('\n');
        }

        text.Append(Write(unit, types, context, around.Count, marks));
        for (var depth = around.Count - 1; depth >= 0; depth--)
        {
            text.Append('\n').Append(Pad(depth)).Append('}');
        }

        return marks.Draft(name.HintName("Twin"), text.Append('\n').ToString());
    }

    private static string Pad(int depth) => new(' ', Step * depth);

    private static string Header(TypeName name, SortedSet<string> namespaces)
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

        return writer.ToString();
    }

    private static SortedSet<string> Namespaces(TwinType type, IReadOnlyDictionary<INamedTypeSymbol, TwinType> types)
    {
        var namespaces = new SortedSet<string>(System.StringComparer.Ordinal);
        foreach (var member in type.Members.Where(m => m.Rewriter is not null))
        {
            namespaces.UnionWith(member.Namespaces);
        }

        foreach (var nested in NestedIn(type, types))
        {
            namespaces.UnionWith(Namespaces(nested, types));
        }

        return namespaces;
    }

    private static IEnumerable<TwinType> NestedIn(TwinType type, IReadOnlyDictionary<INamedTypeSymbol, TwinType> types) =>
        type.Symbol.GetTypeMembers().Where(n => !TakesPart.StandsAlone(n)).Select(n => types.TryGetValue(n, out var twin) ? twin : null).OfType<TwinType>();

    private static bool IsWritten(TwinType type, IReadOnlyDictionary<INamedTypeSymbol, TwinType> types) =>
        type.IsWritten || NestedIn(type, types).Any(nested => IsWritten(nested, types));

    // A type with its braces, without a line's end.
    private static string Write(
        TwinType type, IReadOnlyDictionary<INamedTypeSymbol, TwinType> types, TwinContext context, int depth, TwinDraft.Marks marks)
    {
        var symbol = type.Symbol;
        if (symbol.TypeKind is TypeKind.Enum or TypeKind.Delegate)
        {
            return marks.Of(type) + MemberText.Write(type.Header!.Syntax, type.Header.Rewriter!, symbol, Step * depth) ?? "";
        }

        var text = new StringBuilder();
        foreach (var member in Members(type, types, context, depth + 1, marks))
        {
            text.Append(member).Append('\n');
        }

        if (type.IsNeeded && TypeMap.DerivesFromTorch(symbol))
        {
            var writer = new CodeWriter();
            FormatEmitter.Write(writer, symbol, context);
            InterfaceBridge.Write(writer, symbol, context);
            ComponentEmitter.Write(writer, symbol, context);
            if (symbol.Attribute(MetadataNames.ReparamModel) is not null && !symbol.IsAbstract)
            {
                LoadEmitter.Write(writer, symbol, context);
            }

            if (writer.ToString() is { Length: > 0 } own)
            {
                text.Append(marks.Of(type)).Append(Indent(own, depth + 1));
            }
        }

        var head = marks.Of(type) + Pad(depth) + Declaration(type, context, depth);
        return text.Length == 0 && type.Parts.All(part => part.SemicolonToken.IsKind(SyntaxKind.SemicolonToken))
            ? head + ";"
            : $"{head}\n{Pad(depth)}{{\n{text.ToString().TrimEnd('\n')}\n{Pad(depth)}}}";
    }

    private static IEnumerable<string> Members(
        TwinType type, IReadOnlyDictionary<INamedTypeSymbol, TwinType> types, TwinContext context, int depth, TwinDraft.Marks marks)
    {
        MemberDeclarationSyntax? previous = null;
        var nested = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var member in type.Members.Where(m => m != type.Header))
        {
            string? text = null;
            if (member.IsNestedType)
            {
                // All parts of a nested type are written at the first.
                if (member.Symbols.FirstOrDefault() is INamedTypeSymbol inner && !TakesPart.StandsAlone(inner) && nested.Add(inner)
                    && !HidesOriginal(inner, context) && types.TryGetValue(inner, out var twin) && !twin.IsDropped && IsWritten(twin, types))
                {
                    text = Write(twin, types, context, depth, marks);
                }
            }
            else if (member.Rewriter is { } rewriter)
            {
                text = member.IsDropped ? null : MemberText.Write(member.Syntax, rewriter, type.Symbol, Step * depth);
                text = text is not null && rewriter.Forward is { } forward ? $"{Indent(forward, depth - 1)}\n\n{text}" : text;
            }

            if (text is not null)
            {
                var isApart = previous is not null
                    && !(previous is FieldDeclarationSyntax && member.Syntax is FieldDeclarationSyntax && !HasBlankLineBefore(member.Syntax));
                yield return (member.IsNestedType ? "" : marks.Of(type, member)) + (isApart ? "\n" + text : text);
                previous = member.Syntax;
            }
        }
    }

    // An extension block of what is the same type in both worlds: of two, the compiler could not choose, so the user's own serves both.
    private static bool HidesOriginal(INamedTypeSymbol type, TwinContext context) =>
        type is { TypeKind: TypeKind.Extension, ExtensionParameter.Type: var receiver } && context.Types.IsTheSame(receiver);

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

    // What stands before the opening brace. A type that is there for what is nested in it, or for its static members, has no bases.
    private static string Declaration(TwinType type, TwinContext context, int depth)
    {
        var symbol = type.Symbol;
        var text = symbol.TypeKind == TypeKind.Extension
            ? new StringBuilder("extension")
            : new StringBuilder(Modifiers(type)).Append(Keyword(symbol)).Append(' ').Append(context.Marked.NameOf(symbol));
        if (symbol.TypeParameters.Length > 0)
        {
            text.Append('<').Append(string.Join(", ", symbol.TypeParameters.Select(p => Variance(p) + Identifiers.Escape(p.Name)))).Append('>');
        }

        var header = type.IsNeeded && type.Header is { Rewriter: not null } ? type.Header : null;
        var declaration = header?.Syntax as TypeDeclarationSyntax;
        if (header is not null)
        {
            text.Append(header.Rewriter!.Edits.Write(declaration!.ParameterList!, Step * depth).TrimStart());
        }

        if (type.IsNeeded)
        {
            var bases = Bases(symbol, context).ToList();
            if (header is not null && declaration!.BaseList?.Types.FirstOrDefault() is PrimaryConstructorBaseTypeSyntax call && bases.Count > 0)
            {
                bases[0] += MemberText.BaseArguments(call, header.Rewriter!, symbol, Step * depth);
            }

            text.Append(bases.Count > 0 ? " : " + string.Join(", ", bases) : "");
        }

        foreach (var parameter in symbol.TypeParameters)
        {
            var constraints = Constraints(parameter, context).ToArray();
            text.Append(constraints.Length > 0 ? $" where {Identifiers.Escape(parameter.Name)} : {string.Join(", ", constraints)}" : "");
        }

        return text.ToString();
    }

    private static string Variance(ITypeParameterSymbol parameter) => parameter.Variance switch
    {
        VarianceKind.In => "in ",
        VarianceKind.Out => "out ",
        _ => "",
    };

    private static IEnumerable<string> Constraints(ITypeParameterSymbol parameter, TwinContext context)
    {
        if (parameter.HasUnmanagedTypeConstraint)
        {
            yield return "unmanaged";
        }
        else if (parameter.HasValueTypeConstraint)
        {
            yield return "struct";
        }
        else if (parameter.HasReferenceTypeConstraint)
        {
            yield return parameter.ReferenceTypeConstraintNullableAnnotation == NullableAnnotation.Annotated ? "class?" : "class";
        }
        else if (parameter.HasNotNullConstraint)
        {
            yield return "notnull";
        }

        foreach (var type in parameter.ConstraintTypes.Select(context.Types.Text).OfType<string>())
        {
            yield return type;
        }

        if (parameter.HasConstructorConstraint)
        {
            yield return "new()";
        }

        if (parameter.AllowsRefLikeType)
        {
            yield return "allows ref struct";
        }
    }

    private static IEnumerable<string> Bases(INamedTypeSymbol type, TwinContext context)
    {
        var bases = TwinShape.Interfaces(type, context);
        if (type is { TypeKind: TypeKind.Class, BaseType: { SpecialType: not SpecialType.System_Object } baseType })
        {
            bases = bases.Prepend(baseType);
        }

        return bases.Select(context.Types.Text).OfType<string>();
    }

    private static string Keyword(INamedTypeSymbol type) => (type.TypeKind, type.IsRecord) switch
    {
        (TypeKind.Struct, true) => "record struct",
        (TypeKind.Struct, false) => "struct",
        (TypeKind.Interface, _) => "interface",
        (_, true) => "record",
        _ => "class",
    };

    private static string Modifiers(TwinType type)
    {
        var symbol = type.Symbol;
        var inheritance = symbol.TypeKind switch
        {
            TypeKind.Class => symbol.IsStatic ? "static " : symbol.IsAbstract ? "abstract " : symbol.IsSealed ? "sealed " : "",
            TypeKind.Struct => (symbol.IsReadOnly ? "readonly " : "") + (symbol.IsRefLikeType ? "ref " : ""),
            _ => "",
        };
        var isUnsafe = type.Parts.Any(part => part.Modifiers.Any(SyntaxKind.UnsafeKeyword));
        var isNew = type.Parts.Any(part => part.Modifiers.Any(SyntaxKind.NewKeyword));
        return MemberText.Access(symbol) + (isNew ? "new " : "") + inheritance + (isUnsafe ? "unsafe " : "");
    }

    private static string Indent(string text, int depth) =>
        string.Join("\n", text.Split('\n').Select(line => line.Length > 0 ? Pad(depth) + line : line));
}
