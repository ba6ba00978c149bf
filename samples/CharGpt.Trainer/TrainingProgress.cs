namespace CharGpt.Trainer;

/// <summary>How far a training has come; kept with its weights.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Steps">Optimizer steps in all.</param>
/// <param name="Seed">Seed of the weights and the batches.</param>
/// <param name="BestLoss">Lowest loss on the held-out text so far, infinite before the first evaluation.</param>
/// <param name="EvaluationsSinceBest">Evaluations since then.</param>
public sealed record TrainingProgress(int Step, int Steps, int Seed, double BestLoss, int EvaluationsSinceBest)
{
    /// <summary>Before the first step.</summary>
    public static TrainingProgress Start(TrainingOptions options) => new(0, options.Steps, options.Seed, double.PositiveInfinity, 0);

    /// <summary>This, if it belongs to a training with these options.</summary>
    /// <exception cref="InvalidDataException">Steps or seed differ, so that going on would not be the training that was asked for.</exception>
    public TrainingProgress RequireSame(TrainingOptions options, string path) =>
        Steps == options.Steps && Seed == options.Seed
            ? this
            : throw new InvalidDataException(
                $"{path} belongs to a training of {Steps} steps with seed {Seed}; asked for were {options.Steps} steps with seed {options.Seed}. --fresh starts anew.");
}
