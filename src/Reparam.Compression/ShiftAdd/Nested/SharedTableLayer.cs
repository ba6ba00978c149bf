namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>A matrix that may share a table with others.</summary>
/// <param name="Tensor">Name of the weight.</param>
/// <param name="Rows">Outputs.</param>
/// <param name="Columns">Inputs.</param>
/// <param name="Weights">Reads [rows, columns].</param>
public sealed record SharedTableLayer(string Tensor, int Rows, int Columns, Func<ReadOnlyMemory<float>> Weights);
