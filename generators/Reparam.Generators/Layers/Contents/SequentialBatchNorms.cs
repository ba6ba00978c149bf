using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Reparam.Generators.Flow;
using Reparam.Generators.Manifests;

namespace Reparam.Generators.Layers.Contents;

/// <summary>Finds the batch norms of a <c>Sequential</c> that stand behind a linear layer or a convolution, both made for it alone.</summary>
internal static class SequentialBatchNorms
{
    /// <summary>The places, with paths below the Sequential.</summary>
    /// <param name="elements">What is in it, in the order in which it was found.</param>
    /// <param name="sure">How many of the first elements stand at their index for sure.</param>
    public static IEnumerable<BatchNormPlace> Of(IReadOnlyList<HeldElement> elements, int sure)
    {
        var modules = elements.Select(e => e.Made is { Type: { } type } made ? new FlowComponent("", type, [made]) : null).ToArray();
        for (var i = 0; i + 1 < sure; i++)
        {
            if (modules[i] is { HasOutputRows: true } && modules[i + 1] is { IsBatchNorm: true, Eps: { } eps }
                && Name(elements[i], i) is { } layer && Name(elements[i + 1], i + 1) is { } batchNorm)
            {
                yield return new BatchNormPlace(layer, batchNorm, eps);
            }
        }

        // A loop fills it: whatever stands before a batch norm is a layer or has no weight of a layer's rank.
        var norms = modules.Where(module => module is { IsBatchNorm: true }).Select(module => module!.Eps).Distinct().ToArray();
        if (sure < elements.Count && norms.Length == 1 && norms[0] is { } common && elements.Zip(modules, IsPlain).All(isPlain => isPlain))
        {
            yield return new BatchNormPlace(ModuleContent.Index, ModuleContent.Index, common, IsNext: true);
        }
    }

    private static bool IsPlain(HeldElement element, FlowComponent? module) =>
        element.Name is null && !element.Module.IsUnknown && !element.Module.IsContainer && element.Module.Classes.Count == 0
        && (module is { HasOutputRows: true } or { IsBatchNorm: true }
            || (element.Module.Kinds.Count == 0 && element.Module.Others.All(other => PlainLayerTensors.IsWithoutTensors(other))));

    private static string? Name(HeldElement element, int index) =>
        element.Name == ModuleContent.AnyName ? null : element.Name ?? index.ToString(CultureInfo.InvariantCulture);
}
