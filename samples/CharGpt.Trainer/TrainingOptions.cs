namespace CharGpt.Trainer;

/// <summary>How one training goes.</summary>
/// <param name="Steps">Optimizer steps in all; the learning rate's schedule follows from it.</param>
/// <param name="BatchSize">Windows a step.</param>
/// <param name="LearningRate">Peak of the schedule: a short warm-up, then a cosine down to a tenth.</param>
/// <param name="Seed">Seed of the weights and the batches.</param>
/// <param name="EvaluateEvery">Steps between evaluations on the held-out text; each writes the files.</param>
/// <param name="Patience">Ends early after so many evaluations without a better loss.</param>
/// <param name="TimeLimit">Pauses after this long; the same command goes on from there.</param>
public sealed record TrainingOptions(
    int Steps, int BatchSize, double LearningRate, int Seed, int EvaluateEvery, int Patience, TimeSpan TimeLimit)
{
    private const double FinalShare = 0.1;

    private int WarmUp => Math.Min(100, Steps / 10);

    /// <summary>Learning rate of a step, counted from 0, as a share of the peak.</summary>
    public double ScheduleAt(int step)
    {
        if (step < WarmUp)
        {
            return (double)(step + 1) / WarmUp;
        }

        var progress = (double)(step - WarmUp) / Math.Max(1, Steps - WarmUp);
        return FinalShare + (1 - FinalShare) * 0.5 * (1 + Math.Cos(Math.PI * progress));
    }
}
