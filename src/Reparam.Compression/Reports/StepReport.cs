using System.Collections.Immutable;

namespace Reparam.Compression.Reports;

/// <summary>What a step of a plan did.</summary>
/// <param name="Kind">Kind of the step.</param>
/// <param name="Did">What was done, a few words each.</param>
/// <param name="Reads">Names of tensors that were read.</param>
/// <param name="Writes">Names of tensors that are new or have other values.</param>
/// <param name="Drops">Names of tensors that are gone.</param>
public sealed record StepReport(
    string Kind, ImmutableArray<string> Did, ImmutableArray<string> Reads, ImmutableArray<string> Writes, ImmutableArray<string> Drops);
