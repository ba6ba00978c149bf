using System.CommandLine;

namespace Reparam.Cli.Commands;

/// <summary>A verb that the build starts as its worker. Its lines are a protocol; docs/architecture.md.</summary>
internal static class WorkerCommand
{
    /// <summary>Makes the verb.</summary>
    /// <param name="name">What the build writes.</param>
    /// <param name="description">Help.</param>
    /// <param name="run">The work: full path of the plan, where the lines go, and what ends it.</param>
    public static Command Create(string name, string description, Action<string, TextWriter, CancellationToken> run)
    {
        var plan = new Argument<string>("PLAN.json") { Description = "The plan that the build wrote." };
        var parent = new Option<int?>("--parent") { Description = "Process whose end ends the work.", HelpName = "ID" }.AsWhole();
        var command = new Command(name, description) { plan, parent };

        // On a thread of its own: the handlers of signals are set up only once the action has returned its task.
        command.SetAction((parsed, cancellation) => Task.Run(() => CommandErrors.Run(
            parsed.InvocationConfiguration.Error,
            () =>
            {
                using var watch = new ParentWatch(parsed.GetValue(parent), cancellation);
                run(Path.GetFullPath(parsed.GetRequiredValue(plan)), parsed.InvocationConfiguration.Output, watch.Token);
            })));
        return command;
    }

    /// <summary>Writes one line of the protocol.</summary>
    public static void Print(TextWriter output, string line) => output.WriteLine(CommandErrors.OneLine(line));
}
