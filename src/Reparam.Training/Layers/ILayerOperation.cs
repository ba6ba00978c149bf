using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>A layer's own operation, free of its weight: what a side path needs to send its delta through the same stride, padding and groups.</summary>
public interface ILayerOperation
{
    /// <summary>Runs the operation with another weight and without bias.</summary>
    /// <param name="x">Input of the layer.</param>
    /// <param name="weight">A weight of the layer's kind; the number of outputs (of an embedding: its width) may differ from the layer's.</param>
    Tensor Run(Tensor x, Tensor weight);
}
