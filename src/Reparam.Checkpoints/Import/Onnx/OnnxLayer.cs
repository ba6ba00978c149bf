namespace Reparam.Checkpoints.Import.Onnx;

/// <summary>The place of a tensor in a layer, as the graph shows it.</summary>
/// <param name="Name">Its name in the state dict, such as <c>encoder.layer.0.output.dense.weight</c>.</param>
/// <param name="IsTransposed">True for a matrix that lies in the file as [in, out].</param>
internal readonly record struct OnnxLayer(string Name, bool IsTransposed);
