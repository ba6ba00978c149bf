using System.CommandLine;
using Reparam.Cli.Commands;

var root = new RootCommand("Compresses, imports and inspects model checkpoints.");
root.Subcommands.Add(BenchCommand.Create());
root.Subcommands.Add(BuildCommand.Create());
root.Subcommands.Add(CalibrationCommand.Create());
root.Subcommands.Add(CompressCommand.Create());
root.Subcommands.Add(DecompressCommand.Create());
root.Subcommands.Add(ImportCommand.Create());
root.Subcommands.Add(InspectCommand.Create());
return root.Parse(args).Invoke();
