using System.CommandLine;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam bench</c>: measures coders, kernels and models on random matrices; it prints the figures of the documents.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var command = new Command("bench", "Measures coders, kernels and models on random matrices.");
        command.Subcommands.Add(BenchCodingCommand.Create());
        command.Subcommands.Add(BenchErrorCommand.Create());
        command.Subcommands.Add(BenchKernelsCommand.Create());
        command.Subcommands.Add(BenchModelCommand.Create());
        return command;
    }
}
