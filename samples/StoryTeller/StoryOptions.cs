namespace StoryTeller;

/// <summary>What the user asked for.</summary>
/// <param name="Prompt">How the story begins; may be empty.</param>
/// <param name="Temperature">0 for the likeliest token each time.</param>
/// <param name="TopP">Share of the probability that tokens are drawn from.</param>
/// <param name="Seed">Seed of the draws.</param>
/// <param name="Steps">Maximum tokens of the story, prompt included.</param>
/// <param name="Bits">Which weights tell it.</param>
/// <param name="Table">Whether the table of all weights follows.</param>
public sealed record StoryOptions(string Prompt, float Temperature, float TopP, int Seed, int Steps, int Bits, bool Table);
