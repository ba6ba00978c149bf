namespace Reparam.Training;

/// <summary>How far a recording is.</summary>
/// <param name="Tokens">Input vectors that the layer that has seen the most has seen.</param>
/// <param name="MaxTokens">Where recording ends; <see cref="long.MaxValue"/> for nowhere.</param>
/// <param name="Layers">Layers that have seen an input.</param>
/// <param name="AllLayers">Layers that are recorded.</param>
public readonly record struct CalibrationProgress(long Tokens, long MaxTokens, int Layers, int AllLayers);
