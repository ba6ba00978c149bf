using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Reparam.Generators;

namespace Reparam.Benchmarks.Compiling;

/// <summary>
/// What a build without a compile server pays: a project of model classes, compiled by the SDK's own compiler in a process of its own, with the command line
/// that <c>dotnet build</c> gives it. The SDK's analyzers run as well, with and without the generator.
/// </summary>
internal sealed partial class ColdCompile : IDisposable
{
    private const int AllChildren = -1;

    private static readonly string Generator = "/analyzer:" + typeof(ReparamGenerator).Assembly.Location;

    private static readonly string[] Libraries =
    [
        "TorchSharp.dll", "Reparam.Annotations.dll", "Reparam.Checkpoints.dll", "Reparam.Compression.dll", "Reparam.Runtime.dll", "Reparam.Training.dll",
    ];

    private readonly string folder = Directory.CreateTempSubdirectory("reparam-cold-").FullName;
    private readonly string compiler;
    private readonly string[] arguments;

    /// <summary>Writes the project and asks the SDK for the command line.</summary>
    /// <param name="classes">Number of marked classes.</param>
    /// <exception cref="InvalidOperationException">The SDK refused the project.</exception>
    public ColdCompile(int classes)
    {
        foreach (var (path, text) in ModelSources.Files(classes))
        {
            File.WriteAllText(Path.Combine(folder, path), text);
        }

        var references = string.Concat(Libraries.Select(name => $"<Reference Include=\"{Path.Combine(AppContext.BaseDirectory, name)}\" />"));
        File.WriteAllText(Path.Combine(folder, "Models.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><Nullable>enable</Nullable></PropertyGroup>
              <ItemGroup>{references}</ItemGroup>
            </Project>
            """);
        var answer = Run(
            isProfiled: true, "msbuild", "-restore", "-t:Compile", "-p:Configuration=Release", "-p:DesignTimeBuild=true", "-p:ProvideCommandLineArgs=true",
            "-p:SkipCompilerExecution=true", "-getItem:CscCommandLineArgs", "-getProperty:RoslynTargetsPath").Output;
        using var json = JsonDocument.Parse(answer);
        compiler = Path.Combine(json.RootElement.GetProperty("Properties").GetProperty("RoslynTargetsPath").GetString()!, "bincore", "csc.dll");
        arguments =
        [
            .. json.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)
                .Where(argument => argument != "/noconfig" && !argument.StartsWith("/out:", StringComparison.Ordinal)
                    && !argument.StartsWith("/refout:", StringComparison.Ordinal)),
            "/out:Models.dll",
        ];
    }

    /// <summary>Processor seconds of the compiler for the classes as they are.</summary>
    public double Alone() => Compile(arguments);

    /// <summary>Processor seconds of the compiler with the generator and the analyzers.</summary>
    /// <param name="isProfiled">False for a compiler of which .NET takes no profile.</param>
    public double WithGenerator(bool isProfiled = true) => Compile([.. arguments, Generator], isProfiled);

    /// <summary>Processor seconds of the compiler for the classes and what the generator emits, as plain files.</summary>
    public double Emitted()
    {
        var emitted = Path.Combine(folder, "emitted");
        if (!Directory.Exists(emitted))
        {
            Directory.CreateDirectory(emitted);
            Compile([.. arguments, Generator, "/generatedfilesout:emitted"]);
        }

        return Compile([.. arguments, .. Directory.EnumerateFiles(emitted, "*.cs", SearchOption.AllDirectories)]);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(folder, recursive: true);

    private double Compile(string[] options, bool isProfiled = true)
    {
        var response = Path.Combine(folder, "Models.rsp");
        File.WriteAllLines(response, options.Select(option => option.Contains(' ') && !option.Contains('"') ? $"\"{option}\"" : option));
        return Run(isProfiled, "exec", compiler, "/noconfig", "@" + response).Seconds;
    }

    private (string Output, double Seconds) Run(bool isProfiled, params string[] command)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", command)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        if (!isProfiled)
        {
            start.Environment["DOTNET_TieredPGO"] = "0";
        }

        var before = SecondsOfChildren();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var seconds = OperatingSystem.IsWindows() ? process.TotalProcessorTime.TotalSeconds : SecondsOfChildren() - before;
        return process.ExitCode == 0 ? (output, seconds) : throw new InvalidOperationException($"dotnet {string.Join(' ', command)} failed:\n{output}");
    }

    // Only Windows tells the time of a process that has ended.
    private static double SecondsOfChildren()
    {
        if (OperatingSystem.IsWindows())
        {
            return 0;
        }

        // Seconds and microseconds in user mode and in the kernel come first; the rest is 14 numbers.
        var usage = new long[18];
        return GetUsage(AllChildren, usage) == 0 ? usage[0] + usage[2] + (1e-6 * ((int)usage[1] + (int)usage[3])) : throw new Win32Exception();
    }

    [LibraryImport("libc", EntryPoint = "getrusage", SetLastError = true)]
    private static partial int GetUsage(int who, [Out] long[] usage);
}
