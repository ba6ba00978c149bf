using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Reparam.Structures.Tests;

/// <summary>A folder that goes with the test, and the worker of the build in it.</summary>
public sealed class TestFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("structures-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    /// <summary>Writes the plan of a build as the build's task does, with the manifests of an assembly.</summary>
    public string Plan(string checkpoint, Type model, string output)
    {
        var manifests = new JsonObject();
        foreach (var manifest in model.Assembly.GetCustomAttributes<ReparamManifestAttribute>())
        {
            manifests[manifest.Module] = JsonNode.Parse(manifest.Json);
        }

        var plan = new JsonObject
        {
            ["version"] = 1,
            ["checkpoint"] = File(checkpoint),
            ["output"] = File(output),
            ["model"] = model.FullName,
            ["quality"] = "fast",
            ["manifests"] = manifests,
        };
        var path = File(output + ".plan.json");
        System.IO.File.WriteAllText(path, plan.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        return path;
    }

    /// <summary>Runs the worker on a plan.</summary>
    public static (int Status, string Output, string Error) Build(string plan)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["exec", System.IO.Path.Combine(AppContext.BaseDirectory, "reparam.dll"), "build", plan])
        {
            start.ArgumentList.Add(argument);
        }

        using var worker = Process.Start(start)!;
        var error = worker.StandardError.ReadToEndAsync();
        var output = worker.StandardOutput.ReadToEnd();
        worker.WaitForExit();
        return (worker.ExitCode, output, error.GetAwaiter().GetResult());
    }
}
