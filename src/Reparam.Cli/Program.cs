using System.CommandLine;
using Reparam.Cli.Commands;

(string Name, Func<Command> Create)[] commands =
[
    ("bench", BenchCommand.Create),
    ("build", BuildCommand.Create),
    ("calibration", CalibrationCommand.Create),
    ("compress", CompressCommand.Create),
    ("decompress", DecompressCommand.Create),
    ("doctor", DoctorCommand.Create),
    ("import", ImportCommand.Create),
    ("inspect", InspectCommand.Create),
    ("repack", RepackCommand.Create),
];

// The command that is asked for is all that a run needs; without one, the help lists them all.
var root = new RootCommand("Compresses, imports and inspects model checkpoints.");
var asked = Array.FindIndex(commands, command => args.Length > 0 && command.Name == args[0]);
foreach (var (_, create) in asked >= 0 ? commands.AsSpan(asked, 1) : commands)
{
    root.Subcommands.Add(create());
}

return root.Parse(args).Invoke();
