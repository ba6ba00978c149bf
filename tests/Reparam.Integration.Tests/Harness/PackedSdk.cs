using System.Diagnostics;

namespace Reparam.Integration.Tests.Harness;

/// <summary>Packs Reparam.Sdk once, from what is built, under a version that no packages folder has seen.</summary>
public sealed class PackedSdk : IDisposable
{
    private readonly string feed = Directory.CreateTempSubdirectory("reparam-feed-").FullName;

    public PackedSdk()
    {
        using var pack = Process.Start(new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = Repository.Root,
            ArgumentList =
            {
                "pack", "src/Reparam.Sdk", "--no-build", "-c", Repository.Configuration, "-nodeReuse:false", $"-p:Version={Version}", $"-p:PackageOutputPath={feed}",
            },
            Environment = { ["MSBuildSDKsPath"] = null, ["MSBUILD_EXE_PATH"] = null, ["MSBuildExtensionsPath"] = null },
            RedirectStandardOutput = true,
        })!;
        var output = pack.StandardOutput.ReadToEnd();
        pack.WaitForExit();
        Assert.True(pack.ExitCode == 0, output);
    }

    public string Version { get; } = $"0.1.0-test.{DateTime.UtcNow:yyyyMMddHHmmss}.{Environment.ProcessId}";

    public string Package => Path.Combine(feed, $"Reparam.Sdk.{Version}.nupkg");

    /// <summary>A nuget.config that adds the package's folder to the sources of the machine.</summary>
    public string NuGetConfig => $"""<configuration><packageSources><add key="packed" value="{feed}" /></packageSources></configuration>""";

    public void Dispose()
    {
        Directory.Delete(feed, recursive: true);
        var extracted = Path.Combine(Repository.Packages, "reparam.sdk", Version);
        if (Directory.Exists(extracted))
        {
            Directory.Delete(extracted, recursive: true);
        }
    }
}
