using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;

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
        catch (CheckpointException exception)
        {
            var code = exception.Rule switch
            {
                CheckpointRule.Writable => Unwritable,
                CheckpointRule.Distinct => OutputIsInput,
                _ => Unreadable,
            };
            var tensor = exception.Tensor is null ? "" : $"tensor '{exception.Tensor}': ";
            error.WriteLine(OneLine($"{exception.File}: error {code}: {tensor}{exception.Detail} [{exception.Rule}]"));
            return 1;
        }
        catch (CompressionException exception)
        {
            foreach (var problem in exception.Problems)
            {
                error.WriteLine(OneLine($"{exception.File}: error {problem.Diagnostic.Id}: {problem.Text}"));
            }

            return 1;
        }
        catch (SelfProcessException exception)
        {
            return exception.Status;
        }
        catch (OperationCanceledException)
        {
            return Cancelled;
        }
    }

    /// <summary>Prints what the user should know, one canonical line each.</summary>
    public static void Warn(TextWriter error, string file, IEnumerable<CompressionProblem> warnings)
    {
        foreach (var warning in warnings)
        {
            error.WriteLine(OneLine($"{file}: warning {warning.Diagnostic.Id}: {warning.Text}"));
        }
    }

    /// <summary>A name from a corrupt file may hold line breaks; the build reads one message a line.</summary>
    public static string OneLine(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? '?' : letter));
}
