using System.CommandLine;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using Reparam.Cli.Machine;
using Reparam.Runtime.Packed;

namespace Reparam.Cli.Commands;

/// <summary><c>reparam doctor</c>: what this machine and process have, and what packed products make of it.</summary>
internal static class DoctorCommand
{
    /// <summary>An environment variable of the kernels holds a wrong value, or libtorch cannot be loaded from the folder given.</summary>
    public const string Unsound = "RPB0140";

    private static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static Command Create()
    {
        var torch = new Option<string?>("--libtorch")
        {
            Description = "Also try to load TorchSharp and libtorch from this folder, such as the output of a "
            + "trainer.",
            HelpName = "FOLDER"
        };
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of text." };
        var command = new Command(
            "doctor", "Says what this machine and process have, which kernels packed products take and why. Fails when an environment variable holds "
                + "a wrong value.")
        {
            torch, json,
        };
        command.SetAction(parsed =>
        {
            var isSound = false;
            var status = CommandErrors.Run(
                parsed.InvocationConfiguration.Error, () => isSound = Run(parsed.InvocationConfiguration, parsed.GetValue(torch), parsed.GetValue(json)));
            return status == 0 && !isSound ? 1 : status;
        });
        return command;
    }

    /// <summary>Prints the report; gives whether nothing is wrong.</summary>
    private static bool Run(InvocationConfiguration console, string? torchFolder, bool json)
    {
        var report = Examine(torchFolder);
        if (json)
        {
            console.Output.WriteLine(JsonSerializer.Serialize(report, JsonOptions));
        }
        else
        {
            DoctorText.Write(console.Output, report);
        }

        foreach (var problem in report.Problems)
        {
            console.Error.WriteLine(CommandErrors.OneLine($"doctor: error {Unsound}: {problem}"));
        }

        return report.Problems.Count == 0;
    }

    private static DoctorReport Examine(string? torchFolder)
    {
        var kernels = KernelSettings.Read();
        var libtorch = LibtorchCheck.Of(torchFolder);
        return new DoctorReport(
            typeof(DoctorCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
            MachineFacts.Read(),
            [.. Enum.GetValues<KernelPath>().Where(PackedKernels.IsSupported).OrderDescending().Select(path => path.ToString().ToLowerInvariant())],
            kernels,
            libtorch,
            [.. kernels.Problems(), .. libtorch.Problem is { } problem ? [$"libtorch: {problem}"] : Array.Empty<string>()]);
    }
}
