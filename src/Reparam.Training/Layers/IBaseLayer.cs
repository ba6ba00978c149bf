using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>
/// The layer that a side path runs beside. A path asks for what it needs, so that it also runs beside weights that are not there as one dense tensor; <see
/// cref="Weight"/>
/// makes that tensor for those that ask.
/// </summary>
public interface IBaseLayer : ILayerOperation
{
    /// <summary>Name, kind and weight shape of the layer.</summary>
    LayerShape Shape { get; }

    /// <summary>Type of the layer's numbers.</summary>
    ScalarType Type { get; }

    /// <summary>Where the layer computes.</summary>
    Device Device { get; }

    /// <summary>The bias, [out]; null if the layer has none.</summary>
    Tensor? Bias { get; }

    /// <summary>The layer's operation with its own weight and without bias.</summary>
    /// <param name="x">An input of the layer's kind.</param>
    Tensor Product(Tensor x);

    /// <summary>Rows of the weight.</summary>
    /// <param name="indices">Numbers of rows, [n].</param>
    /// <returns>[n, ...] with the weight's further dimensions.</returns>
    Tensor Rows(Tensor indices);

    /// <summary>The Euclidean norm of the part of the weight that belongs to each output, [out]; at least float32, without gradient.</summary>
    Tensor OutputNorms();

    /// <summary>The dense weight, made when it is first asked for.</summary>
    Tensor Weight();
}
