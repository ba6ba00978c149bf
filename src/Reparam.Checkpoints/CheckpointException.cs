namespace Reparam.Checkpoints;

/// <summary>A checkpoint that breaks a rule of its format, or that cannot be read or written.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Names the place and the rule.</summary>
    /// <param name="file">Path of the file, as the caller gave it.</param>
    /// <param name="tensor">Name of the tensor, or null when the whole file is concerned.</param>
    /// <param name="rule">The rule that is broken.</param>
    /// <param name="detail">What was found and what was expected.</param>
    /// <param name="innerException">The cause, if any.</param>
    public CheckpointException(string file, string? tensor, CheckpointRule rule, string detail, Exception? innerException = null)
        : base(Describe(file, tensor, rule, detail), innerException)
    {
        File = file;
        Tensor = tensor;
        Rule = rule;
        Detail = detail;
    }

    /// <summary>Path of the file.</summary>
    public string File { get; }

    /// <summary>Name of the tensor, or null when the whole file is concerned.</summary>
    public string? Tensor { get; }

    /// <summary>The rule that is broken.</summary>
    public CheckpointRule Rule { get; }

    /// <summary>What was found and what was expected, without file and tensor.</summary>
    public string Detail { get; }

    private static string Describe(string file, string? tensor, CheckpointRule rule, string detail) =>
        Printable.Of(tensor is null ? $"{file}: {detail} [{rule}]" : $"{file}: tensor '{Shorten(tensor)}': {detail} [{rule}]");

    // A corrupt header can hold a name of megabytes.
    private static string Shorten(string name) => name.Length <= 200 ? name : name[..200] + "…";
}
