using System.Diagnostics;
using System.Reflection;

namespace Reparam.Samples.Tests;

/// <summary>Runs a sample as a user does, from its own output folder.</summary>
internal static class AppProcess
{
    public static string Folder(string sample) => Path.Combine(Metadata("Samples"), sample, "bin", Metadata("Configuration"), "net10.0");

    public static (int Status, string Output, string Error) Run(string sample, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(Folder(sample), sample + ".dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private static string Metadata(string key) => typeof(AppProcess).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
