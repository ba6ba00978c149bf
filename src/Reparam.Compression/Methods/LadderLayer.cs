namespace Reparam.Compression.Methods;

/// <summary>A layer that a ladder is made for.</summary>
/// <param name="Tensor">Name of the weight.</param>
/// <param name="Rows">Outputs, at least 1.</param>
/// <param name="Columns">Inputs of one output, at least 1.</param>
public sealed record LadderLayer(string Tensor, int Rows, int Columns);
