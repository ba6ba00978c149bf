using System.Diagnostics;

namespace Reparam.Fuzz;

/// <summary>What a reader did that it must not do.</summary>
/// <param name="Kind">Name of the exception's type, or <c>Memory</c>.</param>
/// <param name="Place">Method and line of the product where it was thrown.</param>
/// <param name="Detail">The message with the stack trace.</param>
internal sealed record Failure(string Kind, string Place, string Detail)
{
    /// <summary>An exception that is not documented.</summary>
    public static Failure Of(Exception exception)
    {
        var frames = new StackTrace(exception, fNeedFileInfo: true).GetFrames();
        var frame = frames.FirstOrDefault(frame => frame.GetMethod()?.DeclaringType?.Assembly.GetName().Name is { } name
            && (name == "reparam" || name.StartsWith("Reparam.", StringComparison.Ordinal)) && name != typeof(Failure).Assembly.GetName().Name);
        var method = (frame ?? frames.FirstOrDefault())?.GetMethod();
        return new Failure(exception.GetType().Name, $"{method?.DeclaringType?.Name}_{method?.Name}_{frame?.GetFileLineNumber()}", exception.ToString());
    }

    /// <summary>Name of the file that is kept: reader, what happened where, and the run that gives the file again.</summary>
    public string FileName(FuzzReader reader, int seed, long run) =>
        string.Concat($"{reader.Name}--{Kind}_at_{Place}__{seed}-{run}__{reader.FileName}".Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' ? letter : '_'));
}
