namespace Reparam.Checkpoints.Safetensors;

/// <summary>A tensor and its place: <paramref name="Begin"/> to <paramref name="End"/> (exclusive), counted from the end of the header.</summary>
internal sealed record StoredTensor(TensorInfo Info, long Begin, long End);
