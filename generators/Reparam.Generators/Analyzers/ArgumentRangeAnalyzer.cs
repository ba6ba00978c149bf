using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Common;
using Reparam.Generators.Diagnostics;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Analyzers;

/// <summary>RP0007: arguments of method attributes against what <c>[ReparamRange]</c> states.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ArgumentRangeAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [DiagnosticDescriptors.OutOfRange];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(
            static symbol => Analyze(((INamedTypeSymbol)symbol.Symbol).MethodUses(), symbol.ReportDiagnostic), SymbolKind.NamedType);
        context.RegisterCompilationAction(
            static compilation => Analyze(MethodUse.From(compilation.Compilation.Assembly, MethodScope.Assembly), compilation.ReportDiagnostic));
    }

    private static void Analyze(IEnumerable<MethodUse> uses, Action<Diagnostic> report)
    {
        foreach (var use in uses)
        {
            foreach (var (name, value, range, location) in Arguments(use))
            {
                if (range.Refuses(value))
                {
                    report(Diagnostic.Create(
                        DiagnosticDescriptors.OutOfRange,
                        location,
                        ImmutableDictionary<string, string?>.Empty.Add(DiagnosticDescriptors.NearestValue, Text(range.Nearest(value))),
                        name,
                        use.Name(),
                        Text(value),
                        range.Describe()));
                }
            }
        }
    }

    private static IEnumerable<(string Name, double Value, ValueRange Range, Location Location)> Arguments(MethodUse use)
    {
        var parameters = use.Attribute.AttributeConstructor?.Parameters ?? [];
        foreach (var parameter in parameters.Where(p => p.Ordinal < use.Attribute.ConstructorArguments.Length))
        {
            if (ValueRange.Of(parameter) is { } range && Number(use.Attribute.ConstructorArguments[parameter.Ordinal]) is { } value)
            {
                yield return (parameter.Name, value, range, use.Attribute.ArgumentLocation(parameter));
            }
        }

        foreach (var setting in use.Settings)
        {
            var property = Property(use.Class, setting.Key);
            if (property is not null && ValueRange.Of(property) is { } range && Number(setting.Value) is { } value)
            {
                yield return (setting.Key, value, range, use.Attribute.ArgumentLocation(setting.Key));
            }
        }
    }

    private static ISymbol? Property(INamedTypeSymbol type, string name)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (t.GetMembers(name).FirstOrDefault() is { } member)
            {
                return member;
            }
        }

        return null;
    }

    private static double? Number(TypedConstant constant) =>
        constant is { Kind: TypedConstantKind.Primitive, Value: IConvertible value } && value is not (string or bool or char)
        ? value.ToDouble(CultureInfo.InvariantCulture)
        : null;

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
