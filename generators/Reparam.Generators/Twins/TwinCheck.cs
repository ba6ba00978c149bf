using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>
/// Compiles the twins before they are emitted: what the compiler would find in them is told at the user's code, and the member, or the type, that holds it
/// is written so that the rest compiles. So emitted files have no errors, whatever the user's code is.
/// </summary>
/// <param name="context">What the twins share.</param>
/// <param name="types">All types that were reached.</param>
internal sealed class TwinCheck(TwinContext context, IReadOnlyDictionary<INamedTypeSymbol, TwinType> types)
{
    // Each round mends members or drops types; what is dropped can cost those that use it. After these rounds whole files are dropped.
    private const int Rounds = 8;

    private readonly Dictionary<INamedTypeSymbol, (TwinDraft Draft, SyntaxTree Tree)> drafts = new(SymbolEqualityComparer.Default);

    /// <summary>The files of the units that compile.</summary>
    /// <param name="units">What is written as a file.</param>
    /// <param name="cancellation">Stops the work.</param>
    public IEnumerable<Twin> Emit(IReadOnlyList<INamedTypeSymbol> units, CancellationToken cancellation)
    {
        var changed = units;
        for (var round = 0; changed.Count > 0; round++)
        {
            Write(changed, cancellation);
            changed = Mend(round, cancellation);
        }

        return units.Where(drafts.ContainsKey).Select(unit => drafts[unit].Draft.Twin);
    }

    private void Write(IReadOnlyList<INamedTypeSymbol> units, CancellationToken cancellation)
    {
        var written = new (TwinDraft, SyntaxTree)?[units.Count];
        var options = BareTrees.Options((context.Compilation.SyntaxTrees.FirstOrDefault()?.Options as CSharpParseOptions) ?? CSharpParseOptions.Default);
        Parallel.For(0, units.Count, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            if (!types[units[i]].IsDropped)
            {
                var draft = TwinEmitter.Emit(types[units[i]], types, context);
                written[i] = (draft, CSharpSyntaxTree.ParseText(draft.Twin.Text, options, cancellationToken: cancellation));
            }
        });
        for (var i = 0; i < units.Count; i++)
        {
            if (written[i] is { } one)
            {
                drafts[units[i]] = one;
            }
            else
            {
                drafts.Remove(units[i]);
            }
        }
    }

    // Says what is wrong where; gives the units that must be written again.
    private List<INamedTypeSymbol> Mend(int round, CancellationToken cancellation)
    {
        // All at once: the compiler goes through all types of a compilation whenever it is asked for the errors of one file. After an edit of a body only the
        // twins that it changed are compiled whole.
        var all = drafts.ToArray();
        var user = context.Compilation.SyntaxTrees.Where(tree => !TakesPart.IsEmitted(tree)).ToArray();
        var verdict = new TwinVerdict(context.Compilation, user.Concat(all.Select(d => d.Value.Tree)), all.Select(d => d.Value.Draft.Twin.Text));
        var errors = context.Compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(Bare(user, cancellation))
            .AddSyntaxTrees(all.Select(d => round == 0 && verdict.IsKnown(d.Value.Draft.Twin.Text) ? BareTrees.Of(d.Value.Tree) : d.Value.Tree))
            .GetDiagnostics(cancellation).Where(d => d.Severity == DiagnosticSeverity.Error).OrderBy(d => d.Location.SourceSpan.Start)
            .ToLookup(d => d.Location.SourceTree);
        var changed = new List<INamedTypeSymbol>();
        for (var i = 0; i < all.Length; i++)
        {
            if (errors.Contains(all[i].Value.Tree))
            {
                changed.Add(all[i].Key);
                foreach (var error in errors[all[i].Value.Tree])
                {
                    Mend(all[i].Key, all[i].Value.Draft, error, round, cancellation);
                }
            }
        }

        if (changed.Count == 0)
        {
            verdict.Keep();
        }

        return changed;
    }

    private static SyntaxTree[] Bare(SyntaxTree[] files, CancellationToken cancellation)
    {
        var trees = new SyntaxTree[files.Length];
        Parallel.For(0, trees.Length, new ParallelOptions { CancellationToken = cancellation }, i => trees[i] = BareTrees.Of(files[i]));
        return trees;
    }

    private void Mend(INamedTypeSymbol unit, TwinDraft draft, Diagnostic error, int round, CancellationToken cancellation)
    {
        var (type, member) = draft.At(error.Location.SourceSpan.Start);
        if (round >= Rounds || type is null)
        {
            Drop(types[unit], error, cancellation);
        }
        else if (member is null || !member.Mend(IsInBody(error), Finding(member.Owner, member.Place, error), HasErrors(member, cancellation), round))
        {
            Drop(type, error, cancellation);
        }
    }

    private void Drop(TwinType type, Diagnostic error, CancellationToken cancellation)
    {
        if (!type.IsDropped)
        {
            type.IsDropped = true;
            type.Findings.Add(Finding(type, type.Symbol.Locations[0], error) with { IsConsequence = type.Members.Any(m => HasErrors(m, cancellation)) });
        }
    }

    private Finding Finding(TwinType type, Location place, Diagnostic error)
    {
        var message = error.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        var dropped = types.Values.FirstOrDefault(t => t.IsDropped && t != type && message.Contains(context.Marked.NameOf(t.Symbol)));
        return dropped is null
            ? new Finding(TwinDiagnostics.WouldNotCompile, place, type.Symbol.ToDisplayString(), message)
            : new Finding(TwinDiagnostics.BecauseRefused, place, type.Symbol.ToDisplayString(), dropped.Symbol.ToDisplayString())
            {
                Refused = dropped.Symbol.ToDisplayString()
            };
    }

    // True if the place can be replaced without touching the member's declaration.
    private static bool IsInBody(Diagnostic error) => error.Location.SourceTree!.GetRoot().FindNode(error.Location.SourceSpan).AncestorsAndSelf()
        .TakeWhile(node => node is not MemberDeclarationSyntax)
        .Any(node => node is BlockSyntax or ArrowExpressionClauseSyntax or ConstructorInitializerSyntax
            or EqualsValueClauseSyntax { Parent: not ParameterSyntax });

    // The compiler's own error at the user's code says it.
    private static bool HasErrors(TwinMember member, CancellationToken cancellation) =>
        member.Model.GetDiagnostics(member.Syntax.Span, cancellation).Any(d => d.Severity == DiagnosticSeverity.Error);
}
