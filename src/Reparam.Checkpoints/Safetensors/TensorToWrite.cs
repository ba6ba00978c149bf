namespace Reparam.Checkpoints.Safetensors;

/// <summary>A tensor and what gives its bytes.</summary>
internal sealed record TensorToWrite(TensorInfo Info, TensorSource Source);
