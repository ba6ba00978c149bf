namespace Reparam.Compression.Methods;

/// <summary>One of the codings that a bit budget chooses from.</summary>
/// <param name="Options">The coding.</param>
/// <param name="Variant">
/// Tells steps of one width apart, such as several layouts; empty where there is one a width. A plan of one width for all layers takes steps of one variant.
/// </param>
/// <param name="IsUsual">False: tried only where the budget cannot be met by the usual ones, or where each layer has an error of its own to keep to.</param>
public sealed record LadderStep(MethodOptions Options, string Variant = "", bool IsUsual = true);
