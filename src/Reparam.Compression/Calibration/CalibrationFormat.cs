namespace Reparam.Compression.Calibration;

/// <summary>Names of the calibration file; docs/formats/calibration.md.</summary>
public static class CalibrationFormat
{
    /// <summary>Metadata entry with the version of the format.</summary>
    public const string VersionKey = "reparam.calibration";

    /// <summary>The version that this library reads and writes.</summary>
    public const string Version = "1";

    /// <summary>Metadata entry with the hash of the weights that the inputs were recorded with; see <see cref="WeightHash"/>.</summary>
    public const string SourceKey = "reparam.source";

    /// <summary>Metadata entry with the layers: a JSON object of <see cref="CalibrationLayer"/> by weight.</summary>
    public const string LayersKey = "reparam.calibration.layers";

    /// <summary>Metadata entry with what each layer's coding costs the whole model: JSON, by weight and coding, in nats per token.</summary>
    public const string SensitivityKey = "reparam.sensitivity";

    /// <summary>Metadata entry with the settings that were chosen on the calibration: JSON.</summary>
    public const string SettingsKey = "reparam.settings";

    /// <summary>Ending of a tensor of raw inputs, behind the weight's name with or without its <c>.weight</c>.</summary>
    public const string InputsSuffix = ".inputs";

    internal const string WeightSuffix = ".weight";
}
