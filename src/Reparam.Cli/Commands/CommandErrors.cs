using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;
using Reparam.Merging;

namespace Reparam.Cli.Commands;

/// <summary>Prints what went wrong as canonical lines, one an error, and gives the exit status.</summary>
internal static class CommandErrors
{
    /// <summary>A checkpoint cannot be read or breaks a rule of its format.</summary>
    public const string Unreadable = "RPB0120";

    /// <summary>A checkpoint cannot be written.</summary>
    public const string Unwritable = "RPB0121";

    /// <summary>An output is a file that is being read.</summary>
    public const string OutputIsInput = "RPB0122";

    /// <summary>The machine has too little memory for what was asked.</summary>
    public const string TooLittleMemory = "RPB0141";

    /// <summary>An error that no reader foresaw.</summary>
    public const string Unforeseen = "RPB0142";

    /// <summary>Environment variable; <c>1</c> prints the stack trace of an error that no reader foresaw, or that a method or an operation threw.</summary>
    public const string DebugVariable = "REPARAM_DEBUG";

    /// <summary>Exit status after a cancellation.</summary>
    public const int Cancelled = 130;

    /// <summary>Runs a command: 0 when it ends well, 1 after a printed error, 130 when it was cancelled.</summary>
    public static int Run(TextWriter error, Action command)
    {
        try
        {
            command();
            return 0;
        }
        catch (Exception exception)
        {
            return Report(error, Cause(exception));
        }
    }

    private static int Report(TextWriter error, Exception cause)
    {
        switch (cause)
        {
            case OperationCanceledException:
                return Cancelled;
            case CheckpointException exception:
                Report(error, exception);
                break;
            case CompressionException exception:
                foreach (var problem in exception.Problems)
                {
                    error.WriteLine(OneLine($"{exception.File}: error {problem.Diagnostic.Id}: {problem.Text}"));
                    Trace(error, problem.Cause);
                }

                break;
            case UncodableLayerException exception:
                error.WriteLine(OneLine($"reparam: error {exception.Problem.Diagnostic.Id}: {exception.Problem.Text}"));
                Trace(error, exception.InnerException);
                break;
            case CheckpointOperationException exception:
                foreach (var problem in exception.Problems)
                {
                    error.WriteLine(OneLine($"{problem.File}: error {problem.Code}: {problem.Text}"));
                }

                Trace(error, exception.InnerException);
                break;
            case OutOfMemoryException:
                error.WriteLine(OneLine($"reparam: error {TooLittleMemory}: there is too little memory for this: {cause.Message}"));
                break;
            default:
                error.WriteLine(OneLine($"reparam: error {Unforeseen}: {cause.GetType().Name}: {cause.Message}"));
                Trace(error, cause);
                break;
        }

        return 1;
    }

    private static void Trace(TextWriter error, Exception? cause)
    {
        if (cause is not null && Environment.GetEnvironmentVariable(DebugVariable) == "1")
        {
            error.WriteLine(cause);
        }
    }

    private static void Report(TextWriter error, CheckpointException exception)
    {
        var code = exception.Rule switch
        {
            CheckpointRule.Writable => Unwritable,
            CheckpointRule.Distinct => OutputIsInput,
            _ => Unreadable,
        };
        var tensor = exception.Tensor is null ? "" : $"tensor '{exception.Tensor}': ";
        error.WriteLine(OneLine($"{exception.File}: error {code}: {tensor}{exception.Detail} [{exception.Rule}]"));
    }

    // Loops on several threads and type initializers wrap what went wrong in them.
    private static Exception Cause(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [var first, ..] } => Cause(first),
        TypeInitializationException { InnerException: { } inner } => Cause(inner),
        _ => exception,
    };

    /// <summary>Prints what the user should know, one canonical line each.</summary>
    public static void Warn(TextWriter error, string file, IEnumerable<CompressionProblem> warnings)
    {
        foreach (var warning in warnings)
        {
            error.WriteLine(OneLine($"{file}: warning {warning.Diagnostic.Id}: {warning.Text}"));
        }
    }

    /// <summary>A name from a corrupt file may hold line breaks; the build reads one message a line.</summary>
    public static string OneLine(string text) => Printable.Of(text);
}
