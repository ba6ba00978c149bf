using Reparam.Compression.Plans;

namespace Reparam.Compression.Allocation;

/// <summary>The ways to code one layer.</summary>
/// <param name="Plan">The layer as it is annotated.</param>
/// <param name="Weights">Number of weights.</param>
/// <param name="Criterion">The paper's criterion of the layer; 0 where it is not asked for.</param>
/// <param name="Candidates">One or more, in rising width.</param>
internal sealed record LayerCandidates(LayerPlan Plan, long Weights, double Criterion, IReadOnlyList<Candidate> Candidates)
{
    /// <summary>Whether every candidate has an output error.</summary>
    public bool IsCalibrated => Candidates.All(candidate => candidate.OutputError is not null);

    /// <summary>Whether the layer's divergence is known for every candidate, or does not matter because there is no choice.</summary>
    public bool HasDivergence => Plan.Fixed || Candidates.All(candidate => candidate.Divergence is not null);

    /// <summary>What a candidate costs.</summary>
    /// <param name="candidate">One of the candidates.</param>
    /// <param name="cost">The kind.</param>
    /// <param name="relative">Errors are relative to the layer and count once a weight, because not every layer of the model is calibrated.</param>
    public double CostOf(Candidate candidate, AllocationCost cost, bool relative) => cost switch
    {
        AllocationCost.Divergence => candidate.Divergence ?? 0,
        AllocationCost.Criterion => Criterion * candidate.RelativeWeightError * candidate.RelativeWeightError,
        _ => relative ? Weights * candidate.RelativeError * candidate.RelativeError : candidate.OutputError!.Value,
    };
}
