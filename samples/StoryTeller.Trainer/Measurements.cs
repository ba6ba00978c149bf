namespace StoryTeller.Trainer;

/// <summary>One row of the table: the same coding calibrated on several texts.</summary>
/// <param name="Name">How the weights are coded.</param>
/// <param name="Runs">One measurement for each text.</param>
public sealed record Measurements(string Name, IReadOnlyList<PackedModel> Runs)
{
    /// <summary>Stored bits a weight, the most of all runs.</summary>
    public double StoredBits => Runs.Max(run => run.StoredBits);

    /// <summary>Mean loss.</summary>
    public double Mean => Runs.Average(run => run.NatsPerToken);

    /// <summary>Largest loss less the smallest.</summary>
    public double Spread => Runs.Max(run => run.NatsPerToken) - Runs.Min(run => run.NatsPerToken);
}
