using TorchSharp.Modules;

namespace Reparam.Training;

/// <summary>Parameters that an optimizer treats alike.</summary>
/// <param name="Name">What is in the group: <c>decay</c>, <c>no decay</c>, with a multiplier where it is not 1 (<c>no decay x16</c>), or <c>frozen</c>.</param>
/// <param name="Parameters">The parameters, in the order of the model.</param>
/// <param name="Names">Their names in the state dict.</param>
/// <param name="WeightDecay">Weight decay; 0 for scales, gains, biases and norms.</param>
/// <param name="LearningRate">Learning rate, the methods' multipliers included; 0 for frozen parameters.</param>
public sealed record ReparamParameterGroup(
    string Name,
    IReadOnlyList<Parameter> Parameters,
    IReadOnlyList<string> Names,
    double WeightDecay,
    double LearningRate)
{
    /// <summary>True for the group of parameters that take no gradient: it is given to no optimizer.</summary>
    public bool IsFrozen => LearningRate == 0;
}
