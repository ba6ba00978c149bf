using Reparam.Checkpoints.Packed;
using Reparam.Conformance.Tests.PostTraining;

namespace Reparam.Conformance.Tests.Formats;

/// <summary>Coded matrices in every format: what the lines of post-training methods write.</summary>
internal static class FormatSamples
{
    private static readonly Dictionary<string, Lazy<CodedMatrix>> Matrices = CodingCase.All.ToDictionary(
        line => line,
        line => new Lazy<CodedMatrix>(() => CodingCase.Encode(CodingCase.Options(line), CodingCase.Weights(7)).Matrix),
        StringComparer.Ordinal);

    /// <summary>What the samples are called.</summary>
    public static TheoryData<string> All => [.. Matrices.Keys];

    /// <summary>Names of the formats of all samples.</summary>
    public static IEnumerable<string> Formats => Matrices.Values.Select(matrix => matrix.Value.Format.Name).Distinct();

    /// <summary>A sample.</summary>
    public static CodedMatrix Of(string sample) => Matrices[sample].Value;
}
