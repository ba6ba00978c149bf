using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>Finds the rules of a model, gives them their layers, and runs them.</summary>
internal static class ModelRules
{
    /// <summary>The model's rules with their layers as they are now, in the order of the model; none where none is active.</summary>
    /// <param name="root">The model.</param>
    public static IReadOnlyList<ModelRule> Of(Module root)
    {
        var active = root.ReparamLayers()
            .SelectMany(
                l => l.Layer.Rules.Where(r => r.Options is not SidePathAttribute || l.Layer.IsAdapting),
                (l, rule) => (l.Path, l.Layer, Rule: rule)).ToArray();
        if (active.Length == 0)
        {
            return [];
        }

        RequireOwnKeys(active.Select(a => a.Rule));
        var state = RootState.Of(root);
        state.CountSteps();
        var rules = new List<ModelRule>();
        foreach (var group in active.GroupBy(a => (Type: a.Rule.Options.GetType(), a.Rule.Key)))
        {
            if (!state.Rules.TryGetValue(group.Key.Key, out var rule))
            {
                state.Rules[group.Key.Key] = rule = group.First().Rule.Create();
            }

            if (!rule.Layers.Select(l => l.Layer).SequenceEqual(group.Select(a => a.Layer), ReferenceEqualityComparer.Instance))
            {
                rule.Attach(state, group.Key.Key, [.. group.Select(a => new RuleLayer(a.Path, a.Layer, a.Rule, state))]);
            }

            rules.Add(rule);
        }

        return rules;
    }

    // Attributes of one short name in different namespaces keep their state under one name, where no layer has both.
    private static void RequireOwnKeys(IEnumerable<MethodRule> methods)
    {
        var types = methods.Select(method => (method.Key, Type: method.Options.GetType())).Distinct().GroupBy(method => method.Key, method => method.Type);
        if (types.FirstOrDefault(same => same.Count() > 1) is { } shared)
        {
            throw new InvalidOperationException(
                $"{string.Join(" and ", shared.Select(type => type.FullName))} both keep the state of their model rules as 'reparam.{shared.Key}'; "
                + "give one of them another StateKey in its [ReparamMethod].");
        }
    }

    /// <summary>A plain file was loaded: nothing of the training before counts.</summary>
    public static void Restart(Module root)
    {
        if (RootState.Find(root) is { } state && Of(root) is { Count: > 0 } rules)
        {
            state.SetStep(0);
            foreach (var rule in rules)
            {
                rule.Start();
            }
        }
    }

    /// <summary>After the optimizer's step: rules first, then the count.</summary>
    public static void AfterStep(Module root)
    {
        var rules = Of(root);
        if (rules.Count == 0)
        {
            return;
        }

        var state = RootState.Of(root);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var rule in rules)
        {
            rule.RunAfterStep(state.Step + 1);
        }

        state.SetStep(state.Step + 1);
    }
}
