using System.Collections.Generic;
using System.Linq;
using Reparam.Generators.Common;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Layers;

/// <summary>The rules by which methods stand together on one layer.</summary>
internal static class Composition
{
    // What ReparamLayer and Module already call so: a state of this name gets its method's name in front.
    private static readonly HashSet<string> ReservedNames =
    [
        "Weight", "Bias", "Shape", "Methods", "SidePath", "PathStates", "Run", "Apply", "Attach", "AttachTo", "AttachMaps", "AttachPath", "MapWeight", "RunPath",
        "PathDelta", "AfterMapStep", "AfterPathStep", "LearningRate", "Fold", "Unfold", "DenseWeight", "EffectiveWeight", "IsFolded", "IsAdapting", "IsFrozen",
        "StartAdaptation", "AfterOptimizerStep", "StateParameter", "StateBuffer", "OptionalParameter", "OptionalBuffer", "KeepParameter", "KeepBuffer",
        "KeepPathParameter", "KeepPathBuffer", "GetName", "Dispose", "RegisterComponents",
    ];

    /// <summary>The rule that a chain of training-time methods breaks, as a sentence without full stop; null if it breaks none.</summary>
    /// <param name="kinds">The kinds, in composition order.</param>
    public static string? BrokenRule(IEnumerable<ReparamKind> kinds)
    {
        var sidePaths = 0;
        foreach (var kind in kinds)
        {
            if (kind == ReparamKind.WeightMap && sidePaths > 0)
            {
                return "a side path must come after every weight map, because it runs beside the mapped weight";
            }

            sidePaths += kind == ReparamKind.SidePath ? 1 : 0;
        }

        return sidePaths > 1 ? "a layer takes at most one side path, because two could not be folded into one weight independently" : null;
    }

    /// <summary>True if the chain breaks no rule.</summary>
    public static bool IsLegal(IEnumerable<ReparamKind> kinds) => BrokenRule(kinds) is null;

    /// <summary>
    /// The chain as the layer class holds it: step rules last, and states whose names two methods share (or that the base class uses) prefixed
    /// with their method.
    /// </summary>
    public static IEnumerable<MethodModel> WithDistinctNames(IEnumerable<MethodModel> chain)
    {
        var methods = chain.ToArray();
        var shared = new HashSet<string>(methods.SelectMany(m => m.States).GroupBy(s => s.Key).Where(g => g.Count() > 1).Select(g => g.Key));
        return methods.Select(method => method with
        {
            States = method.States.Select(state => Distinct(state, method, shared)).ToEquatableArray(),
        });
    }

    private static StateModel Distinct(StateModel state, MethodModel method, HashSet<string> shared)
    {
        var isShared = shared.Contains(state.Key);
        return state with
        {
            Property = isShared || ReservedNames.Contains(state.Property) ? method.Name + state.Element : state.Element,
            Name = isShared ? $"reparam.{StateNames.SnakeCase(method.Name)}_{state.Key}" : state.Name,
        };
    }
}
