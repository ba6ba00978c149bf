using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Codebook;

/// <summary>What a number of planes and a quality stand for.</summary>
/// <param name="Stages">The stages, those without overlap first: the overlapped vectors, chosen last, correct what is left.</param>
/// <param name="Learning">Beam and rounds of each step of the learning.</param>
/// <param name="Adapting">The same of the learning under H.</param>
/// <param name="Sample">Weights to learn from.</param>
/// <param name="Beam">Beam of the coding.</param>
internal sealed record CodebookPlan(
    IReadOnlyList<CodebookStage> Stages, IReadOnlyList<(int Beam, int Rounds)> Learning, IReadOnlyList<(int Beam, int Rounds)> Adapting, int Sample, int Beam)
{
    /// <summary>Largest share of the vectors in the size, in bits a weight, that a matrix of its own may spend where a smaller set exists.</summary>
    private const double MaxBitsOfSet = 1.0 / 8;

    // Per number of planes, the most accurate first; each next one has fewer or shorter vectors.
    private static readonly CodebookStage[][][] Sets =
    [
        [[new(4, 8), new(8, 16)], [new(4, 8), new(8, 8)], [new(4, 8)]],
        [[new(4, 4), new(4, 8), new(8, 16)], [new(4, 4), new(4, 8), new(8, 8)], [new(4, 4), new(4, 8)]],
        [
            [new(4, 4), new(4, 4), new(4, 16), new(16, 16), new(32, 32)], [new(4, 4), new(4, 4), new(4, 8), new(16, 16)],
            [new(4, 4), new(4, 4), new(4, 8)],
        ],
        [
            [new(4, 4), new(4, 4), new(4, 4), new(4, 16), new(16, 16), new(32, 32)], [new(4, 4), new(4, 4), new(4, 4), new(4, 8), new(16, 16)],
            [new(4, 4), new(4, 4), new(4, 4), new(4, 8)],
        ],
    ];

    /// <summary>The plan of a matrix.</summary>
    public static CodebookPlan Of(int bits, CodingQuality quality, long weights)
    {
        var sets = Sets[bits - 1];
        var stages = Array.Find(sets, set => CodebookSet.EntriesOf(set) * 8.0 / weights <= MaxBitsOfSet) ?? sets[^1];
        return quality switch
        {
            CodingQuality.Fast => new(stages, [(8, 6), (16, 4)], [], 1 << 15, 24),
            CodingQuality.Default => new(stages, [(8, 8), (16, 6), (32, 4)], [(16, 3)], 3 << 15, 64),
            _ => new(stages, [(8, 10), (16, 10), (32, 8), (64, 6)], [(32, 6)], 1 << 18, 512),
        };
    }
}
