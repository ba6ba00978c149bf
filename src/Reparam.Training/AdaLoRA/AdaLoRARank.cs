namespace Reparam.Training.AdaLoRA;

/// <summary>What is left of a layer's rank.</summary>
/// <param name="Path">Path of the layer in the state dict.</param>
/// <param name="InitRank">The rank at the start.</param>
/// <param name="Rank">How many entries of E are not zero.</param>
public sealed record AdaLoRARank(string Path, int InitRank, int Rank);
