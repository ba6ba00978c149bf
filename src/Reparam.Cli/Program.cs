using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using Reparam.Cli.Commands;
using Reparam.Cli.Extensions;

// SIGXFSZ, which a write beyond 'ulimit -f' sends: handled, the write fails with an error of its own, and the command tells it and clears up.
const PosixSignal FileTooLarge = (PosixSignal)25;
var growth = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(FileTooLarge, context => context.Cancel = true);

(string Name, Func<Command> Create)[] commands =
[
    ("build", BuildCommand.Create),
    ("build-merge", BuildMergeCommand.Create),
    ("calibration", CalibrationCommand.Create),
    ("compress", CompressCommand.Create),
    ("decompress", DecompressCommand.Create),
    ("doctor", DoctorCommand.Create),
    ("import", ImportCommand.Create),
    ("inspect", InspectCommand.Create),
    ("merge", MergeCommand.Create),
    ("repack", RepackCommand.Create),
];

// What an extension brings decides which options the commands have.
var failed = CommandErrors.Run(Console.Error, () => ExtensionLoader.Load(ExtensionArguments.Files(args)));
if (failed != 0)
{
    return failed;
}

// The command that is asked for is all that a run needs; without one, the help lists them all.
var root = new RootCommand("Compresses, imports and inspects model checkpoints.");
var asked = Array.FindIndex(commands, command => args.Length > 0 && command.Name == args[0]);
root.Options.Add(ExtensionArguments.Create());
foreach (var (_, create) in asked >= 0 ? commands.AsSpan(asked, 1) : commands)
{
    root.Subcommands.Add(create());
}

// What is wrong with a command line is one line, not a page; a group of commands lists them.
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction error)
{
    error.ShowHelp = parsed.CommandResult.Command.Action is null;
}

var status = parsed.Invoke();

// Never given back: a signal that is still on its way would end the process with another status.
GC.KeepAlive(growth);
return status;
