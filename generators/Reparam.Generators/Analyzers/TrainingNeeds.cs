using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Layers;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Analyzers;

/// <summary>The calls that a training loop must make for a model, by the methods of its layers and of those of its parts.</summary>
internal sealed class TrainingNeeds
{
    /// <summary>After the optimizer's step.</summary>
    public const string AfterStep = "AfterOptimizerStep";

    /// <summary>Around the loss.</summary>
    public const string Loss = "AddReparamLoss";

    /// <summary>After the backward pass.</summary>
    public const string AfterBackward = "AfterBackward";

    private readonly Compilation compilation;
    private readonly HashSet<ISymbol> visited = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<string, string> calls = [];

    private TrainingNeeds(Compilation compilation) => this.compilation = compilation;

    /// <summary>For each call that is needed the attribute that first needs it.</summary>
    /// <param name="model">A marked class, perhaps of another assembly.</param>
    /// <param name="compilation">The compilation of the loop.</param>
    public static IReadOnlyDictionary<string, string> Of(INamedTypeSymbol model, Compilation compilation)
    {
        var needs = new TrainingNeeds(compilation);
        needs.Visit(model);
        return needs.calls;
    }

    private void Visit(INamedTypeSymbol type)
    {
        for (var part = type; part is not null && part.IsMarked() && visited.Add(part); part = part.BaseType)
        {
            foreach (var member in part.GetMembers().Where(m => !m.IsStatic))
            {
                var held = member switch
                {
                    IPropertySymbol property => property.Type,
                    IFieldSymbol field => field.Type,
                    _ => null,
                };
                held = held is null ? null : ModuleTypes.ElementOfList(held) ?? held;
                if (held is INamedTypeSymbol child && child.IsMarked())
                {
                    Visit(child);
                }
                else if (held is not null && member is IPropertySymbol layer && ModuleTypes.CanHoldLayer(held))
                {
                    foreach (var use in MethodUse.Of(layer, part, part.ContainingAssembly))
                    {
                        Note(use);
                    }
                }
            }
        }
    }

    private void Note(MethodUse use)
    {
        var contract = MethodContract.Read(use.Class, compilation);
        if (contract.ModelOf(use) is not { } method)
        {
            return;
        }

        if (method.AfterStep is not null || method.Input?.AfterStep is not null || method.Rule is not null)
        {
            Need(AfterStep, use);
        }

        if (Overrides(contract.Rule, "Loss"))
        {
            Need(Loss, use);
        }

        if (Overrides(contract.Rule, "AfterBackward"))
        {
            Need(AfterBackward, use);
        }
    }

    private void Need(string call, MethodUse use)
    {
        if (!calls.ContainsKey(call))
        {
            calls.Add(call, MethodContract.NameOf(use.Class));
        }
    }

    private static bool Overrides(INamedTypeSymbol? rule, string member)
    {
        for (var type = rule; type is not null && type.MetadataFullName() != MetadataNames.TrainingModelRule; type = type.BaseType)
        {
            if (type.GetMembers(member).Any(m => m.IsOverride))
            {
                return true;
            }
        }

        return false;
    }
}
