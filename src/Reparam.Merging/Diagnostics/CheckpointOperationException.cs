using System.Collections.Immutable;

namespace Reparam.Merging;

/// <summary>An operation that cannot be carried out, with all that speaks against it.</summary>
public sealed class CheckpointOperationException : Exception
{
    /// <summary>Takes all problems.</summary>
    /// <param name="problems">At least one.</param>
    /// <param name="cause">What an operation threw; null if it threw nothing.</param>
    public CheckpointOperationException(ImmutableArray<OperationProblem> problems, Exception? cause = null)
        : base(string.Join(Environment.NewLine, problems.Select(problem => $"{problem.File}: error {problem.Code}: {problem.Text}")), cause) =>
        Problems = problems;

    /// <summary>Takes one problem.</summary>
    /// <param name="file">The file that it is wrong with.</param>
    /// <param name="code">The code.</param>
    /// <param name="text">What was found and what was expected.</param>
    public CheckpointOperationException(string file, string code, string text) : this([new OperationProblem(file, code, text)])
    {
    }

    /// <summary>What is wrong, at least one thing.</summary>
    public ImmutableArray<OperationProblem> Problems { get; }
}
