using System.Collections.Immutable;
using System.Globalization;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Allocation;

/// <summary>The ladder of a layer, as its method gives it.</summary>
internal static class Ladders
{
    /// <summary>The steps, one or more, in rising width.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="size">Its size.</param>
    /// <exception cref="UncodableLayerException">
    /// The method throws, or gives no steps, one of another method, or widths that are no numbers above 0 or do not rise.
    /// </exception>
    public static ImmutableArray<LadderStep> Of(LayerPlan layer, LadderLayer size)
    {
        var method = layer.Method;
        ImmutableArray<LadderStep> steps = [.. MethodFailure.Guard(method, layer.Tensor, () => method.Ladder(layer.Options, size)?.ToArray()!)];
        if (steps.IsEmpty)
        {
            throw Problem(layer, "its ladder has no step, expected one or more");
        }

        var last = 0.0;
        foreach (var step in steps)
        {
            if (step.Options.Method != method)
            {
                throw Problem(layer, $"its ladder has options of {step.Options.Method}");
            }

            var bits = method.NominalBits(step.Options);
            if (!(double.IsFinite(bits) && bits > 0 && bits >= last))
            {
                var expected = "expected a finite number above 0 that is not below that of the step before";
                throw Problem(layer, string.Create(CultureInfo.InvariantCulture, $"NominalBits of {method.Describe(step.Options)} is {bits}, "
                    + $"{expected} ({last})"));
            }

            last = bits;
        }

        return steps;
    }

    private static UncodableLayerException Problem(LayerPlan layer, string text) =>
        new(CompressionDiagnostics.MethodFailed.With(layer.Method, $" on tensor '{layer.Tensor}'", text));
}
