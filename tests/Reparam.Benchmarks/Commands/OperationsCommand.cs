using System.CommandLine;
using Reparam.Benchmarks.Operations;

namespace Reparam.Benchmarks.Commands;

/// <summary>Verb <c>operations</c>: prints the page of what the run-time library has of TorchSharp.</summary>
internal static class OperationsCommand
{
    public static Command Create()
    {
        var command = new Command("operations", "Prints docs/operations.md: which public members of TorchSharp have a counterpart at run time.");
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(OperationTable.Page()));
        return command;
    }
}
