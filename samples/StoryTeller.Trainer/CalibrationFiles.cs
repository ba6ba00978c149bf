using System.Globalization;

namespace StoryTeller.Trainer;

/// <summary>The calibration files that the app's build reads, in one folder.</summary>
/// <param name="folder">The folder; it must exist.</param>
public sealed class CalibrationFiles(string folder)
{
    /// <summary>Inputs of the layers and what their codings cost the model.</summary>
    public string Inputs => Named("inputs");

    /// <summary>Targets of the mixed plan.</summary>
    public string Mixed => Named("mixed");

    /// <summary>Targets of one number of planes in every layer.</summary>
    public string Uniform(int planes) => Named(string.Create(CultureInfo.InvariantCulture, $"{planes}bit"));

    /// <summary>Makes all of them.</summary>
    public void Make(Calibrator calibrator)
    {
        calibrator.Record(Inputs);
        calibrator.AddSensitivities(Inputs);
        var divergences = Codings.Planes.ToDictionary(planes => planes, planes => calibrator.CompressSequentially(calibrator.Layers(Codings.Nested(planes)), Uniform(planes)));
        calibrator.CompressMixed(Inputs, Uniform(Codings.UniformPlanes), divergences[Codings.UniformPlanes], Mixed);
    }

    private string Named(string name) => Path.Combine(folder, $"stories260k-{name}.calibration.safetensors");
}
