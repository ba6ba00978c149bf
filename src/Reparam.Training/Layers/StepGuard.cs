using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>
/// Notices a loop that steps an optimizer and never calls <c>model.AfterOptimizerStep()</c>: what trains in the layer has changed between training forwards,
/// many times, and
/// nothing was told. Forwards alone, accumulated gradients and evaluation change nothing, so they raise no alarm.
/// </summary>
internal sealed class StepGuard
{
    // Changes that pass without a word: a test may write over a weight a few times.
    private const int Tolerated = 32;

    private ulong last;
    private int changes;

    /// <summary>A training forward begins.</summary>
    /// <param name="layer">The layer.</param>
    public void Look(ReparamLayer layer)
    {
        if (changes > Tolerated || layer.parameters(false).FirstOrDefault(p => p.requires_grad) is not { } trained)
        {
            return;
        }

        var now = StateDigest.Glance([trained]);
        changes += now != last ? 1 : 0;
        last = now;
        if (changes > Tolerated)
        {
            var methods = string.Join(", ", layer.Methods.Select(m => m.GetType().Name.Replace("Attribute", "", StringComparison.Ordinal)));
            ReparamWarnings.Report(
                $"{layer.Shape.Layer} ({methods}): {Tolerated} optimizer steps went by "
                + "and model.AfterOptimizerStep() was never called, which the method needs after each of them. See docs/training.md.");
        }
    }

    /// <summary>The loop did call.</summary>
    public void Stepped() => changes = 0;
}
