using System.CommandLine;

namespace Reparam.Cli.Tests;

/// <summary>A command run in this process.</summary>
internal sealed record CommandRun(int Status, string Output, string Error)
{
    public static CommandRun Of(Command command, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var root = new RootCommand();
        root.Subcommands.Add(command);
        var status = root.Parse([command.Name, .. arguments]).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return new CommandRun(status, output.ToString(), error.ToString());
    }
}
