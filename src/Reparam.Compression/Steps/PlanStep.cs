namespace Reparam.Compression.Steps;

/// <summary>
/// A kind of step that a build plan may have: it turns a dense checkpoint into another one, or says what of it is coded. Nothing is written by a step: a
/// tensor that it changes is computed when it is read (<see cref="Checkpoints.RewrittenCheckpoint"/>). A step says which tensors it reads, writes and drops,
/// and is held to it. Add an object to <see cref="PlanSteps"/>.
/// </summary>
public abstract class PlanStep
{
    /// <summary>Names the kind.</summary>
    /// <param name="kind">What the member <c>kind</c> of a plan's step says: letters and digits.</param>
    /// <exception cref="ArgumentException">The name has other characters, or none.</exception>
    protected PlanStep(string kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        if (!kind.All(char.IsAsciiLetterOrDigit))
        {
            throw new ArgumentException($"found the kind '{kind}', expected letters and digits", nameof(kind));
        }

        Kind = kind;
    }

    /// <summary>The name in the member <c>kind</c> of a plan's step.</summary>
    public string Kind { get; }

    /// <summary>Names of the options that a plan may give the step; any other is refused. Default: none.</summary>
    public virtual IReadOnlyCollection<string> OptionNames => [];

    /// <summary>Does the step.</summary>
    /// <param name="context">What the steps before have left.</param>
    /// <returns>What is left to the steps behind, and what was done.</returns>
    /// <exception cref="Diagnostics.CompressionException">The checkpoint is not one that the step can be done on.</exception>
    /// <exception cref="ArgumentException">An option has a value that it cannot have; the message names it, what was found and what is expected.</exception>
    public abstract StepResult Apply(StepContext context);

    /// <summary>The kind.</summary>
    public sealed override string ToString() => Kind;
}
