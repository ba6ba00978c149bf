using System.CommandLine;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam repack</c>: prepacked weights beside a packed file, so that programs read them instead of repacking when they load.</summary>
internal static class RepackCommand
{
    public static Command Create()
    {
        var input = new Argument<string>("IN.reparam.safetensors") { Description = "The packed file." };
        var paths =
            new Option<string[]>("--for", "-f")
            {
                Description = "Kernel path that will run the weights.",
                Required = true,
                AllowMultipleArgumentsPerToken = true
            };
        paths.AcceptOnlyFromAmong(PrepackedFiles.Paths);
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print errors only." };
        var command = new Command(
            "repack", "Writes the prepacked weights of a packed file beside it, one file for each kernel path: IN.reparam.avx512 and so on.") { input, paths,
            quiet };

        // On a thread of its own: the handler of Ctrl+C is set up only once the action has returned its task.
        command.SetAction((parsed, cancellation) => Task.Run(() => CommandErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            foreach (var (file, matrices) in PrepackedFiles.Write(
                parsed.GetRequiredValue(input), [.. parsed.GetRequiredValue(paths).Distinct().Select(PrepackedFiles.Parse)], cancellation))
            {
                if (!parsed.GetValue(quiet))
                {
                    parsed.InvocationConfiguration.Output.WriteLine($"{file}: {matrices} matrices, {new FileInfo(file).Length} bytes");
                }
            }
        })));
        return command;
    }
}
