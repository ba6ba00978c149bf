namespace CharGpt;

/// <summary>What the user asked for.</summary>
/// <param name="Prompt">How the text begins.</param>
/// <param name="Length">Characters to write.</param>
/// <param name="Temperature">0 for the likeliest character each time.</param>
/// <param name="Seed">Seed of the draws.</param>
/// <param name="Table">Whether the table of losses follows.</param>
public sealed record WritingOptions(string Prompt, int Length, float Temperature, int Seed, bool Table);
