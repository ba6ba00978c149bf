namespace Reparam.Compression.Methods;

/// <summary>A layer that a session will code.</summary>
/// <param name="Tensor">Name of the weight.</param>
/// <param name="Rows">Outputs, at least 1.</param>
/// <param name="Columns">Inputs of one output, at least 1.</param>
/// <param name="Options">How it is to be coded, as far as it is known when the session begins.</param>
/// <param name="Weights">Reads [rows, columns], again at each call: one weight at a time is in memory.</param>
public sealed record SessionLayer(string Tensor, int Rows, int Columns, MethodOptions Options, Func<ReadOnlyMemory<float>> Weights)
{
    /// <summary>
    /// The options before a bit plan chose <see cref="Options"/>; the same where none did. What layers share goes by both, so that a plan and the build that
    /// follows it share alike.
    /// </summary>
    public MethodOptions Asked { get; init; } = Options;

    /// <summary>Number of weights.</summary>
    public long Count => (long)Rows * Columns;
}
