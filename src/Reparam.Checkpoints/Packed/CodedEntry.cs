namespace Reparam.Checkpoints.Packed;

/// <summary>What a writer remembers of a coded weight.</summary>
/// <param name="Spec">Its stored form.</param>
/// <param name="Table">The number of its table in <see cref="StoredTables"/>; null where its format has none.</param>
/// <param name="Canary">Its check values.</param>
internal sealed record CodedEntry(PackedLayerSpec Spec, int? Table, PackedCanary Canary);
