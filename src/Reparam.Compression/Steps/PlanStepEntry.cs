using System.Text.Json;

namespace Reparam.Compression.Steps;

/// <summary>A step as a plan writes it.</summary>
public sealed record PlanStepEntry
{
    /// <summary>Kind of the step, one of <see cref="PlanSteps.All"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its options by name; null for none.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}
