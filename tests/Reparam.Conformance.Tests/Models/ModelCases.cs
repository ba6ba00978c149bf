using Reparam.Conformance.Tests.Methods;

namespace Reparam.Conformance.Tests.Models;

/// <summary>The models of the suite: each line on each kind of layer that it applies to, each pair of methods on one.</summary>
internal static class ModelCases
{
    /// <summary>One method a layer, on every kind of layer.</summary>
    public static IReadOnlyList<ModelCase> Single { get; } = Numbered("One",
        from line in MethodCases.All.SelectMany(Variants)
        where FoundMethods.IsOfLayers(line.Attribute)
        from sample in LayerSample.All
        where FoundMethods.MethodOf(line.Attribute).Layers.HasFlag(sample.Kind)
        select (new[] { line }, sample));

    /// <summary>Every pair of different methods in both orders, on the first kind of layer that both apply to. Not all of them are legal.</summary>
    public static IReadOnlyList<ModelCase> AllPairs { get; } = Numbered("Two",
        from first in MethodCases.First
        from second in MethodCases.First
        where first.Name != second.Name && FoundMethods.IsOfLayers(first.Attribute) && FoundMethods.IsOfLayers(second.Attribute)
        let sample = LayerSample.All.FirstOrDefault(sample =>
            FoundMethods.MethodOf(first.Attribute).Layers.HasFlag(sample.Kind) && FoundMethods.MethodOf(second.Attribute).Layers.HasFlag(sample.Kind))
        where sample is not null
        select (new[] { first, second }, sample));

    /// <summary>The pairs that the contracts of the kinds allow.</summary>
    public static IReadOnlyList<ModelCase> LegalPairs { get; } = [.. AllPairs.Where(pair => Composition.BrokenRule(pair.Methods) is null)];

    // A side path also with its start put off.
    private static IEnumerable<MethodCase> Variants(MethodCase line) =>
        typeof(SidePathAttribute).IsAssignableFrom(line.Attribute) ? [line, line.With("Deferred = true")] : [line];

    private static ModelCase[] Numbered(string prefix, IEnumerable<(MethodCase[] Methods, LayerSample Layer)> models) =>
        [.. models.Select((model, i) => new ModelCase([.. model.Methods], model.Layer) { ClassName = $"{prefix}{i}" })];
}
