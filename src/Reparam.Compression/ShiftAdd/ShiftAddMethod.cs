using Reparam.Compression.Methods;
using Reparam.Compression.ShiftAdd.Nested;

namespace Reparam.Compression.ShiftAdd;

/// <summary>Shift-and-add weights, <see cref="ShiftAddAttribute"/>: w ≈ Σᵢ αᵢ·bᵢ in one of five layouts.</summary>
public sealed class ShiftAddMethod : PostTrainingMethod<ShiftAddAttribute>
{
    private static readonly int[] UsualBits = [2, 3, 4];
    private static readonly int[] AllBits = [1, 2, 3, 4];

    /// <inheritdoc/>
    public override IReadOnlyList<string> PlannedOptions { get; } = ["bits", "layout", "groupSize"];

    /// <inheritdoc/>
    public override IEnumerable<LadderStep> Ladder(MethodOptions options, LadderLayer layer)
    {
        var asked = options.As<ShiftAddAttribute>();
        return AllBits.SelectMany(bits => Layouts(asked).Select(layout => new LadderStep(
            options.With(nameof(asked.Layout), layout).With(nameof(asked.Bits), bits),
            asked.Layout == ShiftAddLayout.Auto ? layout.Name() : "",
            UsualBits.Contains(bits))));
    }

    /// <summary>The nested and the codebook layout have groups of their own.</summary>
    public override MethodOptions Effective(MethodOptions options)
    {
        var asked = options.As<ShiftAddAttribute>();
        return asked.Layout is ShiftAddLayout.Nested or ShiftAddLayout.Codebook
            ? options.With(nameof(asked.GroupSize), options.Method.Options.Get(nameof(asked.GroupSize)).Default!)
            : options;
    }

    /// <inheritdoc/>
    public override MethodSession Begin(IReadOnlyList<SessionLayer> layers, SessionSettings settings) => new ShiftAddSession(layers);

    /// <inheritdoc/>
    protected override double NominalBits(ShiftAddAttribute options) => options.Bits;

    // Codebooks take seconds for a million weights.
    private static IEnumerable<ShiftAddLayout> Layouts(ShiftAddAttribute asked) => asked.Layout != ShiftAddLayout.Auto
        ? [asked.Layout]
        : Enum.GetValues<ShiftAddLayout>().Where(layout => layout switch
        {
            ShiftAddLayout.Auto => false,
            ShiftAddLayout.Codebook => asked.Quality == CodingQuality.Best,
            _ => true,
        });
}
