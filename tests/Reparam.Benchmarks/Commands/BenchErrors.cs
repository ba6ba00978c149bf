using Reparam.Cli.Commands;

namespace Reparam.Benchmarks.Commands;

/// <summary>Prints what went wrong as the tool does, and gives the exit status.</summary>
internal static class BenchErrors
{
    /// <summary>Runs a verb: 0 when it ends well, 1 after a printed error, 130 when it was cancelled, and what a process of its own ended with when that one failed.</summary>
    public static int Run(TextWriter error, Action verb)
    {
        var other = 0;
        var own = CommandErrors.Run(error, () =>
        {
            try
            {
                verb();
            }
            catch (SelfProcessException exception)
            {
                other = exception.Status;
            }
        });
        return own == 0 ? other : own;
    }
}
