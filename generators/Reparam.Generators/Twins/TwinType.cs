using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>One type that may get a twin, with its declarations. Never leaves a transform or an analyzer.</summary>
internal sealed class TwinType
{
    private readonly Dictionary<ISymbol, TwinMember> declarations = new(SymbolEqualityComparer.Default);

    /// <summary>Reads a type's declarations.</summary>
    /// <param name="symbol">The type's definition.</param>
    /// <param name="compilation">The compilation of the annotated code.</param>
    public TwinType(INamedTypeSymbol symbol, Compilation compilation)
    {
        Symbol = symbol;
        foreach (var reference in symbol.DeclaringSyntaxReferences.Where(r => !TakesPart.IsEmitted(r.SyntaxTree)))
        {
            var model = compilation.ModelOf(reference.SyntaxTree);
            switch (reference.GetSyntax())
            {
                case TypeDeclarationSyntax declaration:
                    Parts.Add(declaration);
                    if (declaration.ParameterList is not null)
                    {
                        Header = new TwinMember(this, declaration, model, [.. symbol.InstanceConstructors.Where(c => c.IsPrimary(declaration))]);
                        Members.Add(Header);
                    }

                    Members.AddRange(declaration.Members.Where(m => !IsImplementedElsewhere(m, model))
                        .Select(m => new TwinMember(this, m, model, SymbolsOf(m, model))));
                    break;
                case MemberDeclarationSyntax whole:
                    Header = new TwinMember(this, whole, model, [symbol]);
                    Members.Add(Header);
                    break;
            }
        }

        foreach (var member in Members)
        {
            foreach (var declared in member.Symbols)
            {
                declarations[declared] = member;
                if (((ISymbol?)(declared as IMethodSymbol)?.PartialDefinitionPart ?? (declared as IPropertySymbol)?.PartialDefinitionPart) is { } definition)
                {
                    declarations[definition] = member;
                }
            }
        }
    }

    /// <summary>The type.</summary>
    public INamedTypeSymbol Symbol { get; }

    /// <summary>The parts of a class, struct, record or interface.</summary>
    public List<TypeDeclarationSyntax> Parts { get; } = [];

    /// <summary>The members in the order of the source; nested types stand among them, to be written there.</summary>
    public List<TwinMember> Members { get; } = [];

    /// <summary>What is rewritten of the declaration itself: a primary constructor's parameters, or all of an enum or a delegate. Null for none.</summary>
    public TwinMember? Header { get; }

    /// <summary>True if a twin's text names the type; else its twin is there for what is nested in it, and for its static members.</summary>
    public bool IsNeeded { get; set; }

    /// <summary>True if the type is named but cannot be mapped.</summary>
    public bool IsRefused { get; set; }

    /// <summary>True if its text would not compile, whatever is left out of it.</summary>
    public bool IsDropped { get; set; }

    /// <summary>What is to be told of the type as a whole.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>True if the text of some twin holds this one.</summary>
    public bool IsWritten => IsNeeded || Members.Any(m => m.IsNeeded);

    /// <summary>True if only those static members are taken over that are used: the type is neither marked nor a module.</summary>
    public bool IsByNeed => !Symbol.IsMarked() && !TypeMap.DerivesFromTorch(Symbol) && Symbol.TypeKind is TypeKind.Class or TypeKind.Struct;

    /// <summary>True if a member is taken over with its type, used or not.</summary>
    public bool IsIncluded(TwinMember member) => member == Header || (!member.IsNestedType
        && (!IsByNeed || member.Symbols.Length == 0 || member.Symbols.Any(s => !s.IsStatic || ImplementsInterface(s) || s is IMethodSymbol
        {
            MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion or MethodKind.ExplicitInterfaceImplementation
        })));

    /// <summary>True if an interface of its type asks for the member.</summary>
    public static bool ImplementsInterface(ISymbol member) => member.ContainingType is { } owner && owner.AllInterfaces.SelectMany(i => i.GetMembers())
        .Any(m => SymbolEqualityComparer.Default.Equals(owner.FindImplementationForInterfaceMember(m), member));

    /// <summary>The declaration of a member; null for one that has none, such as an implicit constructor.</summary>
    public TwinMember? Declaring(ISymbol member)
    {
        var declared = member is IMethodSymbol { AssociatedSymbol: { } associated } ? associated : member;
        return declarations.TryGetValue(declared, out var found) ? found
            : Header is not null && declared is IPropertySymbol or IMethodSymbol ? Header
            : null;
    }

    /// <summary>The types that the declaration names outside of its members.</summary>
    public IEnumerable<ITypeSymbol> NamedInHeader(TwinContext context)
    {
        if (Symbol.BaseType is { } baseType)
        {
            yield return baseType;
        }

        foreach (var type in TwinShape.Interfaces(Symbol, context).Concat(Symbol.TypeParameters.SelectMany(p => p.ConstraintTypes)))
        {
            yield return type;
        }
    }

    private static ISymbol[] SymbolsOf(MemberDeclarationSyntax member, SemanticModel model) => member is BaseFieldDeclarationSyntax field
        ? [.. field.Declaration.Variables.Select(v => model.GetDeclaredSymbol(v)).OfType<ISymbol>()]
        : model.GetDeclaredSymbol(member) is { } symbol ? [symbol] : [];

    // The part of a partial member that only declares it, when the user wrote the other part.
    private static bool IsImplementedElsewhere(MemberDeclarationSyntax member, SemanticModel model) =>
        member is MethodDeclarationSyntax or PropertyDeclarationSyntax or IndexerDeclarationSyntax or ConstructorDeclarationSyntax or EventDeclarationSyntax
        && model.GetDeclaredSymbol(member) switch
        {
            IMethodSymbol method => method.PartialImplementationPart,
            IPropertySymbol property => property.PartialImplementationPart,
            _ => (ISymbol?)null,
        } is { } other && other.DeclaringSyntaxReferences.Any(r => !TakesPart.IsEmitted(r.SyntaxTree));
}

/// <summary>One declaration of a type.</summary>
/// <param name="owner">The type.</param>
/// <param name="syntax">The declaration; that of the type for its header.</param>
/// <param name="model">The model of its file.</param>
/// <param name="symbols">What it declares.</param>
internal sealed class TwinMember(TwinType owner, MemberDeclarationSyntax syntax, SemanticModel model, ISymbol[] symbols)
{
    private int mendedIn;

    /// <summary>The type that declares it.</summary>
    public TwinType Owner { get; } = owner;

    /// <summary>The user's text.</summary>
    public MemberDeclarationSyntax Syntax { get; } = syntax;

    /// <summary>The model of its file.</summary>
    public SemanticModel Model { get; } = model;

    /// <summary>Where something is told that concerns the whole declaration.</summary>
    public Location Place => Symbols.Length > 0 ? Symbols[0].Locations[0] : Syntax.GetLocation();

    /// <summary>True if it is left out, for its declaration would not compile.</summary>
    public bool IsDropped { get; private set; }

    /// <summary>What is declared: several fields may stand in one declaration.</summary>
    public ISymbol[] Symbols { get; } = symbols;

    /// <summary>True for a place at which a nested type is written.</summary>
    public bool IsNestedType => this != Owner.Header && Syntax is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax;

    /// <summary>True if it is taken over.</summary>
    public bool IsNeeded { get; set; }

    /// <summary>The edits and findings; null until it was rewritten.</summary>
    public MemberRewriter? Rewriter { get; private set; }

    /// <summary>The namespaces that its text needs.</summary>
    public SortedSet<string> Namespaces { get; } = new(System.StringComparer.Ordinal);

    /// <summary>Rewrites it.</summary>
    public void Rewrite(TwinContext context, CancellationToken cancellation)
    {
        var rewriter = new MemberRewriter(context, Model, Owner.Symbol, Namespaces, cancellation);
        if (this == Owner.Header && Syntax is TypeDeclarationSyntax type)
        {
            rewriter.VisitHeader(type);
        }
        else
        {
            rewriter.Visit(Syntax);
            if (TakesPart.LetsIn(Owner.Symbol))
            {
                rewriter.LetIn(Syntax);
            }
        }

        Rewriter = rewriter;
    }

    /// <summary>
    /// Writes bodies that throw in the place of those that would not compile, or leaves the declaration out; false if neither is possible.
    /// </summary>
    /// <param name="isInBody">True if the declaration itself compiles.</param>
    /// <param name="finding">What the compiler would say.</param>
    /// <param name="isConsequence">True if the compiler says so of the user's code.</param>
    /// <param name="round">How often the twins were compiled before: bodies that threw then are no cure.</param>
    public bool Mend(bool isInBody, Finding finding, bool isConsequence, int round)
    {
        if (this == Owner.Header || Rewriter is null || IsDropped)
        {
            return IsDropped;
        }

        if (Rewriter.Broken is null)
        {
            Rewriter.Findings.Add(finding with { IsConsequence = isConsequence });
            Rewriter.Broken = finding;
            mendedIn = round;
        }

        IsDropped = !isInBody || mendedIn < round;
        return true;
    }
}
