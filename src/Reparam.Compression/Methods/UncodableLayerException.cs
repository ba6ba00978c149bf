using Reparam.Compression.Diagnostics;

namespace Reparam.Compression.Methods;

/// <summary>A method cannot code a layer as asked.</summary>
public sealed class UncodableLayerException : ArgumentException
{
    /// <summary>Takes what is wrong.</summary>
    /// <param name="problem">The error to be told.</param>
    /// <param name="cause">What the method threw; null if it threw nothing.</param>
    public UncodableLayerException(CompressionProblem problem, Exception? cause = null)
        : base(problem?.Text, cause)
    {
        ArgumentNullException.ThrowIfNull(problem);
        Problem = problem;
    }

    /// <summary>The error to be told.</summary>
    public CompressionProblem Problem { get; }
}
