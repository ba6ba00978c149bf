namespace Reparam.Compression.Allocation;

/// <summary>What a coding of one layer costs the whole model.</summary>
/// <param name="Layout">Name of the layout that was asked for.</param>
/// <param name="Bits">Width, 1 to 4.</param>
/// <param name="GroupSize">Group size that was asked for; the nested and the codebook layout do not look at it.</param>
/// <param name="Cost">Rise of the model's output divergence in nats per token, this layer alone coded; finite.</param>
public sealed record Sensitivity(string Layout, int Bits, int GroupSize, double Cost);
