namespace Reparam.Compression.Allocation;

/// <summary>How widths are allocated.</summary>
public sealed record AllocationSettings
{
    /// <summary>What the plan has to keep to.</summary>
    public required AllocationBudget Budget { get; init; }

    /// <summary>What is summed over the layers; null, the default, for the divergence where the calibration has it, else for the output error.</summary>
    public AllocationCost? Cost { get; init; }

    /// <summary>Rises of the model's divergence; null for none.</summary>
    public Sensitivities? Sensitivities { get; init; }
}
