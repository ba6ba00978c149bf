using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;
using Reparam.Generators.Structures;

namespace Reparam.Generators.Twins;

/// <summary>
/// The twins of one compilation: those of the marked classes, and those of all types that their text refers to. Nearly all of their cost is the compiler's
/// binding of the bodies, so each body is rewritten once, on all cores, when the first text refers to it.
/// </summary>
/// <param name="context">What the twins share.</param>
internal sealed class TwinSet(TwinContext context)
{
    private readonly Dictionary<INamedTypeSymbol, TwinType> types = new(SymbolEqualityComparer.Default);
    private readonly List<TwinType> order = [];
    private readonly object gate = new();
    private List<TwinMember> pending = [];
    private TwinResult? result;

    /// <summary>All twins and all that is to be told about them.</summary>
    /// <param name="cancellation">Stops all of the work.</param>
    public TwinResult Result(CancellationToken cancellation)
    {
        lock (gate)
        {
            return result ??= Make(cancellation);
        }
    }

    private TwinResult Make(CancellationToken cancellation)
    {
        types.Clear();
        order.Clear();
        pending.Clear();
        var parts = TakesPart.In(context.Compilation);
        var marked = parts.Marked(cancellation);
        foreach (var type in marked)
        {
            Need(type);
        }

        while (pending.Count > 0)
        {
            var now = pending;
            pending = [];
            Parallel.ForEach(now, new ParallelOptions { CancellationToken = cancellation }, member => member.Rewrite(context, cancellation));
            foreach (var member in now)
            {
                foreach (var use in member.Rewriter!.Uses)
                {
                    Need(use);
                }
            }
        }

        var units = order.Where(t => t.IsWritten).Select(t => TakesPart.UnitOf(t.Symbol)).Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default).ToArray();
        var twins = new TwinCheck(context, types).Emit(units, cancellation).ToImmutableArray();
        return new TwinResult(twins, new TwinReports(context, types, order).Make(marked));
    }

    private void Need(ISymbol symbol)
    {
        if (symbol is ITypeSymbol type)
        {
            foreach (var part in TakesPart.Named(type).Where(IsOurs))
            {
                NeedType(part);
            }

            return;
        }

        var member = ((symbol as IMethodSymbol)?.ReducedFrom ?? symbol).OriginalDefinition;
        if (member.ContainingType is not { } owner || !IsOurs(owner))
        {
            return;
        }

        var twin = Of(owner);
        if (!member.IsStatic || !twin.IsByNeed)
        {
            NeedType(owner);
        }

        if (twin.Declaring(member) is { } declaration)
        {
            NeedMember(declaration);
        }
    }

    private bool IsOurs(INamedTypeSymbol type) => context.Marked.IsOwn(type) && context.Marked.TakesPart(type);

    private void NeedType(INamedTypeSymbol type)
    {
        if (StructureFacts.FoldedOf(type) is { } folded)
        {
            if (IsOurs(folded))
            {
                NeedType(folded.OriginalDefinition);
            }

            return;
        }

        var twin = Of(type);
        if (twin.IsNeeded || twin.IsRefused)
        {
            return;
        }

        if (!context.Marked.HasTwin(type))
        {
            twin.IsRefused = true;
            return;
        }

        twin.IsNeeded = true;
        foreach (var named in twin.NamedInHeader(context))
        {
            Need(named);
        }

        foreach (var member in twin.Members.Where(twin.IsIncluded))
        {
            NeedMember(member);
        }
    }

    private void NeedMember(TwinMember member)
    {
        if (member.IsNeeded || member.Owner.IsRefused)
        {
            return;
        }

        member.IsNeeded = true;
        pending.Add(member);

        // A static member brings what runs before it.
        foreach (var constructor in member.Owner.Members.Where(m => m.Symbols.Any(s => s is IMethodSymbol { MethodKind: MethodKind.StaticConstructor })))
        {
            NeedMember(constructor);
        }
    }

    private TwinType Of(INamedTypeSymbol type)
    {
        type = type.OriginalDefinition;
        if (!types.TryGetValue(type, out var twin))
        {
            twin = types[type] = new TwinType(type, context.Compilation);
            order.Add(twin);
            if (type.ContainingType is { } outer && !TakesPart.StandsAlone(type))
            {
                Of(outer);
            }
        }

        return twin;
    }
}

/// <summary>What was made of a compilation. Without symbols, so that it may outlive the compilation.</summary>
/// <param name="Twins">The files.</param>
/// <param name="Reports">What is to be told, at the user's places.</param>
internal sealed record TwinResult(ImmutableArray<Twin> Twins, ImmutableArray<TwinReport> Reports)
{
    /// <summary>What is made of nothing.</summary>
    public static TwinResult Empty { get; } = new([], []);
}

/// <summary>Something to be told about a twin.</summary>
/// <param name="Finding">What and where.</param>
/// <param name="Severity">How severe it is there.</param>
internal readonly record struct TwinReport(Finding Finding, DiagnosticSeverity Severity);
