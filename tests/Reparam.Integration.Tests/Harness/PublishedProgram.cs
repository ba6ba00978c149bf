using System.Diagnostics;
using System.Globalization;

namespace Reparam.Integration.Tests.Harness;

/// <summary>A small app of the packed SDK that NativeAOT compiles, once for all tests. It multiplies a packed matrix and tells all that it was started with.</summary>
public sealed class PublishedProgram : IDisposable
{
    private readonly PackedSdk? sdk;

    public PublishedProgram()
    {
        if (LinuxX64.Reason == null)
        {
            sdk = new PackedSdk();
            Sandbox = WriteApp(sdk);
            Publish("published").Succeeds();
            Folder = Sandbox.PathOf("published");
        }
    }

    private PublishedProgram(string folder) => Folder = folder;

    public string Folder { get; } = "";

    public string Program => Path.Combine(Folder, "App");

    internal Sandbox Sandbox { get; } = null!;

    internal BuildResult Publish(string folder, params string[] arguments) => Sandbox.Run("publish", "App", ["-c", "Release", "-r", "linux-x64", "-o", folder, .. arguments]);

    /// <summary>The program and its levels in a folder of their own, to be damaged there.</summary>
    public PublishedProgram Copy(string name = "copy")
    {
        var folder = Path.Combine(Directory.CreateTempSubdirectory("reparam-").FullName, name);
        Directory.CreateDirectory(folder);
        foreach (var level in (string[])["", ".x86-64-v3", ".x86-64-v4"])
        {
            File.Copy(Program + level, Path.Combine(folder, "App" + level));
        }

        return new PublishedProgram(folder);
    }

    internal ProgramRun Run(string[]? arguments = null, (string Name, string? Value)[]? environment = null, string input = "") => Start(Program, arguments ?? [], environment ?? [], input);

    internal static ProgramRun Start(string file, string[] arguments, (string Name, string? Value)[] environment, string input)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ProgramRun(process.Id, process.ExitCode, output, error.Result);
    }

    public void Dispose()
    {
        Sandbox?.Dispose();
        sdk?.Dispose();
        if (sdk == null && Folder.Length > 0)
        {
            Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
        }
    }

    private static Sandbox WriteApp(PackedSdk sdk)
    {
        var sandbox = new Sandbox(importsTargets: false);
        sandbox.Write("nuget.config", sdk.NuGetConfig);
        sandbox.Write("App/App.csproj", $"""
            <Project Sdk="Reparam.Sdk/{sdk.Version}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <InvariantGlobalization>true</InvariantGlobalization>
                <ReparamRole>App</ReparamRole>
                <PublishAot>true</PublishAot>
                <ReparamThreads>3</ReparamThreads>
              </PropertyGroup>
            </Project>
            """);
        sandbox.Write("App/Program.cs", """
            using System.Diagnostics;
            using System.Globalization;
            using Reparam.Checkpoints.Packed;
            using Reparam.Runtime.Packed;

            if (args is ["bytes", ..])
            {
                using var line = File.OpenRead("/proc/self/cmdline");
                var bytes = new byte[1000];
                var count = line.Read(bytes);
                using var output = Console.OpenStandardOutput();
                output.Write(bytes.AsSpan(0, count - 1)[(bytes.AsSpan(0, count - 1).LastIndexOf((byte)0) + 1)..]);
                return 0;
            }

            if (args is ["wait"])
            {
                Console.WriteLine("waiting");
                Console.In.ReadToEnd();
            }

            const int rows = 37, columns = 500, bits = 3;
            var random = new Random(1);
            var codes = new uint[bits * rows * ((columns + 31) / 32)];
            for (var i = 0; i < codes.Length; i++)
            {
                // No sign beyond the last column.
                codes[i] = (uint)random.NextInt64(1L << 32) & (i % 16 == 15 ? (1u << columns % 32) - 1 : uint.MaxValue);
            }

            var scales = Enumerable.Range(0, rows * 4 * bits).Select(_ => (Half)random.NextSingle()).ToArray();
            var matrix = new BinaryCodedMatrix(rows, columns, bits, 128, 0, codes, scales);
            var x = Enumerable.Range(0, columns).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var y = new float[rows];
            PackedMatrix.Create(matrix).Multiply(x, y, 1);

            double error = 0, norm = 0;
            var row = new float[columns];
            for (var r = 0; r < rows; r++)
            {
                matrix.DecodeRow(r, row);
                var sum = row.Zip(x).Sum(pair => pair.First * (double)pair.Second);
                error += (sum - y[r]) * (sum - y[r]);
                norm += sum * sum;
            }

            Tell("level", ((string)AppContext.GetData("Reparam.NativeBuild")!).Split('/')[0]);
            Tell("path", PackedKernels.Current);
            Tell("error", Math.Sqrt(error / norm).ToString("R", CultureInfo.InvariantCulture));
            Tell("threads", AppContext.GetData("Reparam.Threads"));
            Tell("process", Environment.ProcessId);
            Tell("name", Environment.GetCommandLineArgs()[0]);
            foreach (var argument in args)
            {
                Tell("argument", argument);
            }

            Tell("environment", Environment.GetEnvironmentVariable("REPARAM_TEST"));
            Tell("input", Console.In.ReadToEnd().Replace('\n', '|'));
            using var grep = Process.Start(new ProcessStartInfo("grep", ["SigIgn", "/proc/self/status"]) { RedirectStandardOutput = true })!;
            Tell("ignored", grep.StandardOutput.ReadToEnd().Trim());
            return args is ["status", var status, ..] ? int.Parse(status, CultureInfo.InvariantCulture) : 0;

            static void Tell(string name, object? value) => Console.WriteLine($"{name}: {value}");
            """);
        return sandbox;
    }
}

/// <summary>What a run of the program told.</summary>
internal sealed record ProgramRun(int StartedAs, int Status, string Output, string Error)
{
    /// <summary>The level that the running program was compiled for.</summary>
    public string Level => Line("level");

    /// <summary>The kernels that it chose.</summary>
    public string Path => Line("path");

    /// <summary>Relative error of its product against sums of the decoded weights in double precision.</summary>
    public double ProductError => double.Parse(Line("error"), CultureInfo.InvariantCulture);

    public int ProcessId => int.Parse(Line("process"), CultureInfo.InvariantCulture);

    public string[] Lines(string name) => [.. Output.Split('\n').Where(line => line.StartsWith(name + ": ", StringComparison.Ordinal)).Select(line => line[(name.Length + 2)..])];

    private string Line(string name)
    {
        var lines = Lines(name);
        Assert.True(lines.Length == 1, $"No '{name}', status {Status}:\n{Output}\n{Error}");
        return lines[0];
    }
}
