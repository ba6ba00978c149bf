namespace Reparam.Checkpoints.Safetensors;

/// <summary>Writes the bytes of one tensor, little-endian, last dimension fastest; exactly as many as its shape and type take.</summary>
/// <param name="destination">Where to write.</param>
/// <param name="cancellationToken">Ends the write.</param>
public delegate void TensorSource(Stream destination, CancellationToken cancellationToken);
