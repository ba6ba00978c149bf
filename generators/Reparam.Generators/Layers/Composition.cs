using System.Collections.Generic;
using System.Linq;
using Reparam.Generators.Common;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Layers;

/// <summary>The rules by which methods stand together on one layer.</summary>
internal static class Composition
{
    // What the bodies of emitted members call so.
    private static readonly HashSet<string> ReservedFields = ["w", "x", "y", "i", "state", "weight", "training", "folding", "name", "plain", "layer"];

    // What ReparamLayer and Module already call so.
    private static readonly HashSet<string> ReservedNames =
    [
        "Weight", "Bias", "Shape", "Methods", "SidePath", "PathStates", "Run", "Apply", "Attach", "AttachTo", "AttachMaps", "AttachPath", "MapWeight",
        "RunPath", "PathDelta", "AttachInput", "MapInput", "AfterInputStep", "Inputs", "Rules", "MapNeeds", "PathNeeds", "InputNeeds", "NeedsSteps",
        "AfterMapStep", "AfterPathStep", "LearningRate", "Fold", "Unfold", "DenseWeight", "EffectiveWeight", "IsFolded", "IsAdapting", "IsFrozen",
        "StartAdaptation", "AfterOptimizerStep", "StateParameter", "StateBuffer", "OptionalParameter", "OptionalBuffer", "KeepParameter", "KeepBuffer",
        "KeepPathParameter", "KeepPathBuffer", "GetName", "Dispose", "RegisterComponents",
    ];

    /// <summary>The rule that a chain of training-time methods breaks, as a sentence without full stop; null if it breaks none.</summary>
    /// <param name="kinds">The kinds, in composition order.</param>
    public static string? BrokenRule(IEnumerable<ReparamKind> kinds)
    {
        var (sidePaths, inputMaps) = (0, 0);
        foreach (var kind in kinds)
        {
            if (kind == ReparamKind.WeightMap && sidePaths > 0)
            {
                return "a side path must come after every weight map, because it runs beside the mapped weight";
            }

            sidePaths += kind == ReparamKind.SidePath ? 1 : 0;
            inputMaps += kind == ReparamKind.InputMap ? 1 : 0;
        }

        if (inputMaps > 1)
        {
            return "a layer takes at most one input map, because the shipped layer maps its input once";
        }

        return sidePaths > 1 ? "a layer takes at most one side path, because two could not be folded into one weight independently" : null;
    }

    /// <summary>All kinds that a method is of, as far as they bear on the chain.</summary>
    public static IEnumerable<ReparamKind> KindsOf(MethodModel method)
    {
        if (method.Kind != ReparamKind.InputMap)
        {
            yield return method.Kind;
        }

        if (method.Input is not null)
        {
            yield return ReparamKind.InputMap;
        }
    }

    /// <summary>True if the chain breaks no rule.</summary>
    public static bool IsLegal(IEnumerable<ReparamKind> kinds) => BrokenRule(kinds) is null;

    /// <summary>
    /// The chain as the layer class holds it. A state is always <c>reparam.&lt;method&gt;.&lt;state&gt;</c>, whatever stands beside it. Only where two
    /// methods of the chain have one key, because their attributes of different namespaces have one name, is the namespace part of it.
    /// </summary>
    public static IEnumerable<MethodModel> WithDistinctNames(IEnumerable<MethodModel> chain)
    {
        var methods = chain.ToArray();
        var twice = new HashSet<string>(methods.GroupBy(m => m.Key).Where(g => g.Count() > 1).Select(g => g.Key));
        return methods.Select(method => Named(twice.Contains(method.Key) ? Qualified(method) : method));
    }

    private static MethodModel Qualified(MethodModel method)
    {
        var name = method.FullName.EndsWith("Attribute", System.StringComparison.Ordinal)
            ? method.FullName.Substring(0, method.FullName.Length - 9)
            : method.FullName;
        var whole = string.Concat(name.Split('.', '+').Select(Identifiers.Words));
        return method with { Key = name.Replace('.', '_').Replace('+', '_').ToLowerInvariant(), Field = Identifiers.Camel(whole) };
    }

    private static MethodModel Named(MethodModel method)
    {
        var field = ReservedFields.Contains(method.Field) ? method.Field + "Options" : method.Field;
        var prefix = Identifiers.Pascal(field);
        return method with { Field = field, States = method.States.Select(state => Named(state, method.Key, prefix)).ToEquatableArray() };
    }

    private static StateModel Named(StateModel state, string key, string prefix)
    {
        var property = prefix + Identifiers.Pascal(state.Element);
        return state with { Property = ReservedNames.Contains(property) ? property + "State" : property, Name = $"reparam.{key}.{state.Key}" };
    }
}
