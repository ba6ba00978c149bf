using System.CommandLine;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam bench</c>: measures coders, layouts, kernels and models; it prints the figures of the documents.</summary>
internal static class BenchCommand
{
    public static Command Create()
    {
        var command = new Command("bench", "Measures coders, kernels and models on random matrices, and layouts on a checkpoint.");
        command.Subcommands.Add(BenchCodingCommand.Create());
        command.Subcommands.Add(BenchErrorCommand.Create());
        command.Subcommands.Add(BenchKernelsCommand.Create());
        command.Subcommands.Add(BenchLayoutsCommand.Create());
        command.Subcommands.Add(BenchModelCommand.Create());
        return command;
    }
}
