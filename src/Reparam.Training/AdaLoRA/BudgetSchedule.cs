namespace Reparam.Training.AdaLoRA;

/// <summary>
/// How many ranks all layers together may keep: all of them up to step t₀, then b = ⌊b₁ + (b₀ − b₁)·(1 − (t − t₀)/(T − t₁ − t₀))³⌋, and the target b₁ in the
/// last t₁ of T steps.
/// </summary>
/// <param name="initial">b₀, the ranks at the start.</param>
/// <param name="target">b₁, the ranks at the end.</param>
/// <param name="options">The annotation with T, t₀, t₁ and the distance of choices.</param>
public sealed class BudgetSchedule(long initial, long target, AdaLoRAAttribute options)
{
    /// <summary>b₁.</summary>
    public long Target { get; } = target;

    /// <summary>The budget of a step.</summary>
    /// <param name="step">t, from 1.</param>
    public long Budget(long step)
    {
        if (step <= options.TInit)
        {
            return initial;
        }

        if (step > options.TotalSteps - options.TFinal)
        {
            return Target;
        }

        var left = 1 - ((double)(step - options.TInit) / (options.TotalSteps - options.TFinal - options.TInit));
        return (long)(Target + ((initial - Target) * (left * left * left)));
    }

    /// <summary>True if ranks are chosen after a step: at every distance while the budget falls, and at every step of the last phase.</summary>
    /// <param name="step">t, from 1.</param>
    public bool Chooses(long step) => step > options.TInit && (step > options.TotalSteps - options.TFinal || step % options.DeltaT == 0);

    /// <summary>True if a step still counts for the scores: not in the last phase.</summary>
    /// <param name="step">t, from 1.</param>
    public bool Scores(long step) => step < options.TotalSteps - options.TFinal;
}
