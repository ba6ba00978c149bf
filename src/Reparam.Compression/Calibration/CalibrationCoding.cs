using Reparam.Compression.ShiftAdd;

namespace Reparam.Compression.Calibration;

/// <summary><see cref="ShiftAddOptions"/> as a calibration file keeps them.</summary>
public sealed record CalibrationCoding
{
    /// <inheritdoc cref="ShiftAddOptions.Layout"/>
    public required string Layout { get; init; }

    /// <inheritdoc cref="ShiftAddOptions.Bits"/>
    public required int Bits { get; init; }

    /// <inheritdoc cref="ShiftAddOptions.GroupSize"/>
    public required int GroupSize { get; init; }

    /// <inheritdoc cref="ShiftAddOptions.ScaleTerms"/>
    public int ScaleTerms { get; init; }

    /// <inheritdoc cref="ShiftAddOptions.Rounds"/>
    public required int Rounds { get; init; }

    /// <inheritdoc cref="ShiftAddOptions.Quality"/>
    public required string Quality { get; init; }

    /// <inheritdoc cref="ShiftAddOptions.ActOrder"/>
    public bool ActOrder { get; init; } = true;

    /// <inheritdoc cref="ShiftAddOptions.Compensate"/>
    public bool Compensate { get; init; } = true;

    /// <inheritdoc cref="ShiftAddOptions.Sweeps"/>
    public int? Sweeps { get; init; }

    /// <inheritdoc cref="ShiftAddOptions.Seed"/>
    public int Seed { get; init; }

    /// <summary>What a file keeps of some options.</summary>
    public static CalibrationCoding Of(ShiftAddOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new CalibrationCoding
        {
            Layout = options.Layout.Name(),
            Bits = options.Bits,
            GroupSize = options.GroupSize,
            ScaleTerms = options.ScaleTerms,
            Rounds = options.Rounds,
            Quality = options.Quality.Name(),
            ActOrder = options.ActOrder,
            Compensate = options.Compensate,
            Sweeps = options.Sweeps,
            Seed = options.Seed,
        };
    }

    /// <summary>The options.</summary>
    /// <exception cref="ArgumentException">No layout or no quality has the name.</exception>
    public ShiftAddOptions ToOptions() => new()
    {
        Layout = ShiftAddNames.ParseLayout(Layout),
        Bits = Bits,
        GroupSize = GroupSize,
        ScaleTerms = ScaleTerms,
        Rounds = Rounds,
        Quality = ShiftAddNames.ParseQuality(Quality),
        ActOrder = ActOrder,
        Compensate = Compensate,
        Sweeps = Sweeps,
        Seed = Seed,
    };
}
