using System.Globalization;
using Reparam.Checkpoints;

namespace CharGpt;

/// <summary>What the trainer measured after each step, kept in the metadata of its checkpoints.</summary>
public static class TrainingRecord
{
    private const string Prefix = "chargpt.loss.";

    /// <summary>The metadata entry of a step.</summary>
    /// <param name="index">Place among the steps; they are shown in this order.</param>
    /// <param name="step">Name of the step.</param>
    /// <param name="losses">What was measured after it.</param>
    public static KeyValuePair<string, string> Entry(int index, string step, HeldOutLosses losses) => new(
        string.Create(CultureInfo.InvariantCulture, $"{Prefix}{index}.{step}"),
        string.Create(CultureInfo.InvariantCulture, $"{losses.Tempest:R} {losses.Shrew:R}"));

    /// <summary>The steps recorded in a checkpoint, in order.</summary>
    /// <exception cref="InvalidDataException">An entry does not hold two numbers.</exception>
    public static IReadOnlyList<(string Step, HeldOutLosses Losses)> Read(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        return [.. checkpoint.Metadata
            .Where(entry => entry.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => (entry.Key[(Prefix.Length + 2)..], Parse(path, entry.Key, entry.Value)))];
    }

    private static HeldOutLosses Parse(string path, string key, string value)
    {
        var parts = value.Split(' ');
        return parts.Length == 2
            && double.TryParse(parts[0], CultureInfo.InvariantCulture, out var tempest)
            && double.TryParse(parts[1], CultureInfo.InvariantCulture, out var shrew)
            ? new HeldOutLosses(tempest, shrew)
            : throw new InvalidDataException($"{path}: the metadata entry '{key}' is '{value}'; expected two numbers.");
    }
}
