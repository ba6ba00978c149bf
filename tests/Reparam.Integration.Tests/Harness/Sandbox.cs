using System.Diagnostics;

namespace Reparam.Integration.Tests.Harness;

/// <summary>A temporary folder with projects that are built for real, by the dotnet command. Its props and targets are this repository's, as a project's SDK would import them.</summary>
internal sealed class Sandbox : IDisposable
{
    private int builds;

    /// <param name="name">Folder name; may hold what paths must survive (spaces, say).</param>
    /// <param name="importsTargets">False: the projects bring the targets themselves, through a project SDK.</param>
    public Sandbox(string name = "work", bool importsTargets = true)
    {
        Root = Path.Combine(Directory.CreateTempSubdirectory("reparam-").FullName, name);
        Directory.CreateDirectory(Root);
        var build = Path.Combine(Repository.Root, "src/Reparam.Build/build");
        Write("Directory.Build.props", importsTargets ? $"""<Project><Import Project="{build}/Reparam.props" /></Project>""" : "<Project />");
        Write("Directory.Build.targets", importsTargets
            ? $"""
              <Project>
                <PropertyGroup>
                  <ReparamBuildTaskAssembly>{Repository.TaskAssembly}</ReparamBuildTaskAssembly>
                  <ReparamTool Condition="'$(ReparamTool)' == ''">{Repository.FakeWorker}</ReparamTool>
                </PropertyGroup>
                <Import Project="{build}/Reparam.targets" />
              </Project>
              """
            : "<Project />");
    }

    public string Root { get; }

    public string PathOf(string file) => Path.Combine(Root, file);

    public void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
        File.WriteAllText(PathOf(file), text);
    }

    public string Read(string file) => File.ReadAllText(PathOf(file));

    public bool Exists(string file) => File.Exists(PathOf(file));

    /// <summary>All files below a folder of the sandbox, relative to it; none if the folder does not exist.</summary>
    public string[] Files(string folder) => Directory.Exists(PathOf(folder))
        ? [.. Directory.EnumerateFiles(PathOf(folder), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(PathOf(folder), file)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Writes a console program. <paramref name="items"/> is project content, usually ReparamCheckpoint items.</summary>
    public void WriteApp(string name, string items, params string[] manifests)
    {
        Write($"{name}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <UseAppHost>false</UseAppHost>
              </PropertyGroup>
              <ItemGroup><Reference Include="{Repository.Annotations}" /></ItemGroup>
              {items}
            </Project>
            """);
        Write($"{name}/Program.cs", """System.Console.WriteLine("hello");""");
        WriteManifests($"{name}/Manifests.cs", manifests);
    }

    public void WriteManifests(string file, params string[] manifests) => Write(file, string.Concat(manifests.Select(manifest => $"[assembly: Reparam.ReparamManifest({manifest})]\n")));

    /// <summary>Runs a dotnet verb (build, publish, clean) on a project, and reads its binary log.</summary>
    public BuildResult Run(string verb, string project, params string[] arguments)
    {
        using var running = Start(verb, project, arguments);
        return running.Wait();
    }

    /// <summary>Starts a dotnet verb without waiting for it. It can be interrupted even where the tests run in the background, so with SIGINT ignored.</summary>
    public RunningBuild Start(string verb, string project, params string[] arguments)
    {
        var log = PathOf($"{++builds}.binlog");
        var start = new ProcessStartInfo("env")
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "--default-signal=INT", "dotnet", verb, project, "-nodeReuse:false", "-terminalLogger:off", $"-binaryLogger:{log}" },
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // A test host that MSBuild started has settings of that MSBuild.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        return new RunningBuild(start, log);
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path.GetDirectoryName(Root)!, recursive: true);
        }
        catch (IOException)
        {
            // A compiler server may still hold a file; the folder is the system's to remove.
        }
    }
}
