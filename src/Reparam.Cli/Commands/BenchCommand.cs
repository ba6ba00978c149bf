using System.CommandLine;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam bench</c>: measures the coders on random matrices; it prints the figures of the documents.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var command = new Command("bench", "Measures the coders on random matrices.");
        command.Subcommands.Add(BenchCodingCommand.Create());
        command.Subcommands.Add(BenchErrorCommand.Create());
        command.Subcommands.Add(BenchKernelsCommand.Create());
        return command;
    }
}
