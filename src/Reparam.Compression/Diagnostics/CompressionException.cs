using System.Collections.Immutable;
using Reparam.Checkpoints;

namespace Reparam.Compression.Diagnostics;

/// <summary>A checkpoint cannot be compressed as asked. All that is wrong is listed at once; nothing was written.</summary>
public sealed class CompressionException : Exception
{
    /// <summary>Takes the errors.</summary>
    /// <param name="file">The file that they are about: the checkpoint or the plan.</param>
    /// <param name="problems">One or more.</param>
    public CompressionException(string file, params ImmutableArray<CompressionProblem> problems)
        : base(string.Join(Environment.NewLine, problems.Select(problem => Printable.Of($"{file}: error {problem.Diagnostic.Id}: {problem.Text}"))))
    {
        File = file;
        Problems = problems;
    }

    /// <summary>The file that the errors are about.</summary>
    public string File { get; }

    /// <summary>The errors, in the order of the layers.</summary>
    public ImmutableArray<CompressionProblem> Problems { get; }
}
