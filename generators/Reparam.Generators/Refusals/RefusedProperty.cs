namespace Reparam.Generators.Refusals;

/// <summary>A partial property that the user meant for the generator and that cannot be implemented.</summary>
/// <param name="HintName">Name of the generated file.</param>
/// <param name="Part">A part that throws; null where a type around the property is not partial, so that none can be written.</param>
/// <param name="Report">What to report in that case; null where an analyzer does.</param>
internal sealed record RefusedProperty(string HintName, string? Part, Refusal? Report);
