using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Structures;

namespace Reparam.Generators.Twins;

/// <summary>
/// What is told about the twins. What the constructors and overrides of the marked classes reach is an error. Other members of modules, a loss for example,
/// may be for training only: there it is a warning, and the twin's member throws. Overrides of what only training calls, such as <c>load</c>, are left out
/// with a warning. Helpers that only such members reach are passed over.
/// </summary>
/// <param name="context">What the twins share.</param>
/// <param name="types">The types by symbol.</param>
/// <param name="order">The types in the order in which they were reached.</param>
internal sealed class TwinReports(TwinContext context, IReadOnlyDictionary<INamedTypeSymbol, TwinType> types, IReadOnlyList<TwinType> order)
{
    private readonly HashSet<TwinMember> used = [];
    private readonly HashSet<TwinType> usedTypes = [];
    private readonly Stack<TwinMember> pending = new();
    private readonly ImmutableArray<TwinReport>.Builder reports = ImmutableArray.CreateBuilder<TwinReport>();

    /// <summary>All reports.</summary>
    /// <param name="marked">The marked classes.</param>
    public ImmutableArray<TwinReport> Make(IEnumerable<INamedTypeSymbol> marked)
    {
        foreach (var type in marked)
        {
            Use(type);
        }

        while (pending.Count > 0)
        {
            foreach (var use in pending.Pop().Rewriter!.Uses)
            {
                Use(use);
            }
        }

        foreach (var type in order)
        {
            ReportType(type);
        }

        return reports.ToImmutable();
    }

    private void Use(ISymbol symbol)
    {
        if (symbol is ITypeSymbol type)
        {
            foreach (var part in TakesPart.Named(type))
            {
                UseType(part);
            }

            return;
        }

        var member = ((symbol as IMethodSymbol)?.ReducedFrom ?? symbol).OriginalDefinition;
        if (member.ContainingType is { } owner && types.TryGetValue(owner, out var twin))
        {
            if (!member.IsStatic || !twin.IsByNeed)
            {
                UseType(owner);
            }

            if (twin.Declaring(member) is { } declaration)
            {
                UseMember(declaration);
            }
        }
    }

    private void UseType(INamedTypeSymbol type)
    {
        if (StructureFacts.FoldedOf(type) is { } folded)
        {
            UseType(folded.OriginalDefinition);
            return;
        }

        if (!types.TryGetValue(type, out var twin) || !usedTypes.Add(twin))
        {
            return;
        }

        foreach (var named in twin.NamedInHeader(context))
        {
            Use(named);
        }

        var takesAll = type.TypeKind == TypeKind.Interface || (type.IsMarked() && !TypeMap.DerivesFromTorch(type));
        bool TakesAlong(ISymbol member) => IsAlwaysUsed(member) && (!twin.IsByNeed || !member.IsStatic || TwinType.ImplementsInterface(member));
        foreach (var member in twin.Members.Where(m => m == twin.Header || takesAll || m.Symbols.Any(TakesAlong)))
        {
            UseMember(member);
        }
    }

    private void UseMember(TwinMember member)
    {
        if (member.Rewriter is not null && used.Add(member))
        {
            pending.Push(member);
        }
    }

    private bool IsAlwaysUsed(ISymbol member) =>
        (member.IsOverride && !context.IsForTraining(member))
        || (member is IFieldSymbol && !context.TrainingObjects.IsKept(member))
        || member is INamedTypeSymbol or IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor }
        || (member is IPropertySymbol or IMethodSymbol or IEventSymbol && TwinType.ImplementsInterface(member));

    private void ReportType(TwinType twin)
    {
        var type = twin.Symbol;
        var isUsed = usedTypes.Contains(twin) || twin.Members.Any(used.Contains);
        if (twin.IsRefused && (isUsed || type.IsMarked()))
        {
            foreach (var refusal in TwinShape.Refusals(type, context))
            {
                reports.Add(new TwinReport(refusal, DiagnosticSeverity.Error));
            }

            return;
        }

        foreach (var finding in twin.Findings.Where(f => !f.IsConsequence && (isUsed || type.IsMarked())))
        {
            reports.Add(new TwinReport(finding, DiagnosticSeverity.Error));
        }

        if (twin.IsDropped)
        {
            return;
        }

        if (twin.IsNeeded && isUsed)
        {
            foreach (var finding in TwinShape.Remarks(type, context))
            {
                reports.Add(new TwinReport(finding, finding.Descriptor.DefaultSeverity));
            }
        }

        var refused = new HashSet<string>();
        foreach (var member in twin.Members.Where(m => m.Rewriter is not null))
        {
            var isHard = used.Contains(member);
            if (!isHard && (twin.IsByNeed || !isUsed))
            {
                continue;
            }

            foreach (var finding in member.Rewriter!.Findings.Where(f => !f.IsConsequence && (f.Refused is null || refused.Add(f.Refused))))
            {
                var isError = isHard && finding.Refused is null;
                reports.Add(new TwinReport(finding, isError ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning));
            }
        }
    }
}
