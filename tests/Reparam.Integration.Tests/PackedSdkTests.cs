using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;

namespace Reparam.Integration.Tests;

/// <summary>The package, consumed from a folder as a user would, with the real generator, worker and run-time library.</summary>
public partial class PackedSdkTests(PackedSdk sdk) : IClassFixture<PackedSdk>
{
    private const int Width = 64;

    [Fact]
    public void The_package_holds_what_its_targets_name()
    {
        using var package = ZipFile.OpenRead(sdk.Package);
        var files = package.Entries.Select(entry => entry.FullName).ToHashSet(StringComparer.Ordinal);
        string[] expected =
        [
            "Sdk/Sdk.props", "Sdk/Sdk.targets",
            "build/Reparam.props", "build/Reparam.targets", "build/Reparam.Packaged.targets", "build/Reparam.Roles.targets",
            "build/Reparam.Checkpoints.targets", "build/Reparam.NativeRepair.targets", "build/Reparam.NativeLevels.targets", "build/Levels/LevelStart.cs", "build/Levels/LevelLauncher.cs",
            "build/Reparam.Versions.props", "docs/diagnostics/RP0001.md", "docs/diagnostics/RPB0101.md",
            "tasks/netstandard2.0/Reparam.Build.dll",
            "tools/net10.0/reparam.dll", "tools/net10.0/reparam.runtimeconfig.json", "tools/net10.0/reparam.deps.json", "tools/net10.0/Reparam.Compression.dll",
            "analyzers/dotnet/roslyn5.0/cs/Reparam.Generators.dll", "analyzers/dotnet/roslyn5.0/cs/Reparam.CodeFixes.dll",
            "lib/net10.0/Reparam.Annotations.dll", "lib/net10.0/Reparam.Annotations.xml", "lib/net10.0/Reparam.Checkpoints.dll", "lib/net10.0/Reparam.Compression.dll", "lib/net10.0/Reparam.Merging.dll", "lib/net10.0/Reparam.Merging.xml", "lib/net10.0/Reparam.Runtime.dll", "lib/net10.0/Reparam.Training.dll",
        ];
        Assert.Empty(expected.Except(files));
        Assert.DoesNotContain(files, file => file.Contains("TorchSharp", StringComparison.Ordinal));
    }

    [Fact]
    public void A_model_library_and_an_app_compress_and_run_without_torch()
    {
        using var sandbox = WriteSolution();

        var build = sandbox.Run("build", "App").Succeeds();

        Assert.Empty(build.Warnings);
        Assert.Equal(1, build.WorkerRuns);
        const string packed = "App/bin/Debug/net10.0/model.reparam.safetensors";
        Assert.Contains("hidden.weight.codes", SafetensorsFile.Names(sandbox.PathOf(packed)));
        Assert.Contains("head.weight", SafetensorsFile.Names(sandbox.PathOf(packed)));
        Assert.Equal([3, 2 * Width, Width / 32], SafetensorsFile.Shape(sandbox.PathOf(packed), "hidden.weight.codes"));
        Assert.DoesNotContain(sandbox.Files("App/bin/Debug/net10.0"), file => file.Contains("orch", StringComparison.Ordinal) || file.Contains("Reparam.Training", StringComparison.Ordinal) || file.Contains("Reparam.Compression", StringComparison.Ordinal));
        AssertNear(Expected(), RunApp(sandbox), tolerance: 0.4);

        Assert.Equal(0, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);

        // The annotation alone decides.
        sandbox.Write("Model/Net.cs", sandbox.Read("Model/Net.cs").Replace("ShiftAdd(3", "ShiftAdd(4", StringComparison.Ordinal));
        Assert.Equal(1, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);
        Assert.Equal([4, 2 * Width, Width / 32], SafetensorsFile.Shape(sandbox.PathOf(packed), "hidden.weight.codes"));
        AssertNear(Expected(), RunApp(sandbox), tolerance: 0.2);

        // A checkpoint that lacks the annotated layer: the file and the layer are named.
        SafetensorsFile.Write(sandbox.PathOf("App/model.safetensors"), ("head.weight", [Width, 2 * Width], Head));
        var lacking = Assert.Single(sandbox.Run("build", "App", "--no-restore").Fails().Errors);
        Assert.Equal("RPB0103", lacking.Code);
        Assert.Equal(sandbox.PathOf("App/model.safetensors"), lacking.File);
        Assert.Contains("hidden.weight", lacking.Text, StringComparison.Ordinal);

        // So are other tensors of another number or shape, from the manifest that the generator wrote.
        SafetensorsFile.Write(
            sandbox.PathOf("App/model.safetensors"),
            ("haed.weight", [Width, 2 * Width], Head),
            ("hidden.weight", [2 * Width, Width], Hidden),
            ("rotary.inv_freq", [4], [1, 2, 3, 4]),
            ("extra.weight", [1], [1]));
        var differing = sandbox.Run("build", "App", "--no-restore").Fails();
        Assert.Equal(["RPB0103", "RPB0151", "RPB0151"], differing.Errors.Select(error => error.Code).Order(StringComparer.Ordinal));
        Assert.Contains("head.weight", differing.Errors.Single(error => error.Code == "RPB0103").Text, StringComparison.Ordinal);
        Assert.DoesNotContain(differing.Errors, error => error.Text.Contains("inv_freq", StringComparison.Ordinal));

        WriteCheckpoint(sandbox);
        var whole = File.ReadAllBytes(sandbox.PathOf("App/model.safetensors"));
        File.WriteAllBytes(sandbox.PathOf("App/model.safetensors"), whole[..^1]);
        var truncated = Assert.Single(sandbox.Run("build", "App", "--no-restore").Fails().Errors);
        Assert.Equal("RPB0120", truncated.Code);
        Assert.Equal(sandbox.PathOf("App/model.safetensors"), truncated.File);

        File.WriteAllBytes(sandbox.PathOf("App/model.safetensors"), whole);
        sandbox.Run("build", "App", "--no-restore").Succeeds();
        AssertNear(Expected(), RunApp(sandbox), tolerance: 0.2);
    }

    [Fact]
    public void Folders_of_packages_and_of_projects_may_have_odd_names()
    {
        using var sandbox = new Sandbox("it's (1) 100% #+é of mine", importsTargets: false);
        var packages = sandbox.PathOf("o'brien's nu get (2) 50% @ $x");
        sandbox.Write("nuget.config", sdk.NuGetConfig.Replace("<configuration>", $"""<configuration><config><add key="globalPackagesFolder" value="{packages}" /></config>""", StringComparison.Ordinal));
        sandbox.Write("App/App.csproj", $"""
            <Project Sdk="Reparam.Sdk/{sdk.Version}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ReparamRole>App</ReparamRole>
              </PropertyGroup>
              <ItemGroup><ReparamCheckpoint Include="it's a (3) model.safetensors" Calibration="" /></ItemGroup>
            </Project>
            """);
        sandbox.Write("App/Program.cs", """System.Console.WriteLine("hello");""");
        sandbox.WriteManifests("App/Manifests.cs", Manifest.Root("Ns.Net"));
        SafetensorsFile.Write(sandbox.PathOf("App/it's a (3) model.safetensors"), ("head.weight", [Width, 2 * Width], Head));

        Assert.Equal(1, sandbox.Run("build", "App").Succeeds().WorkerRuns);
        Assert.Contains("head.weight.codes", SafetensorsFile.Names(sandbox.PathOf("App/bin/Debug/net10.0/it's a (3) model.reparam.safetensors")));
        Assert.Equal(0, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);

        sandbox.Run("clean", "App").Succeeds();
        Assert.False(Directory.Exists(sandbox.PathOf("App/obj/Debug/net10.0/reparam")));
    }

    [Fact]
    public void A_trainer_compiles_with_the_recorder_and_has_the_coder_beside_it()
    {
        // Without libtorch, which is large: compiled, not run.
        using var sandbox = WriteSolution();
        sandbox.Write("Trainer/Trainer.csproj", $"""
            <Project Sdk="Reparam.Sdk/{sdk.Version}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <ReparamRole>Trainer</ReparamRole>
                <UsesLibtorch>false</UsesLibtorch>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="TorchSharp" Version="$(ReparamTorchSharpVersion)" />
                <ProjectReference Include="../Model/Model.csproj" />
              </ItemGroup>
            </Project>
            """);
        sandbox.Write("Trainer/Program.cs", """
            using Reparam.Training;

            using var recorder = CalibrationRecorder.Attach(new Packed.Net(8));
            Reparam.Compression.Calibration.LayerCalibration layer = recorder.Find("hidden.weight", 16, 8);
            recorder.Save("calibration.safetensors");
            """);

        Assert.Empty(sandbox.Run("build", "Trainer").Succeeds().Warnings);
        string[] expected = ["Reparam.Training.dll", "Reparam.Compression.dll", "Reparam.Checkpoints.dll"];
        Assert.All(expected, file => Assert.True(File.Exists(sandbox.PathOf($"Trainer/bin/Debug/net10.0/{file}")), file));
    }

    [Fact]
    public void A_library_of_methods_is_written_on_the_package_alone_and_serves_an_app()
    {
        // Projects and classes are those of the page, word for word.
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/writing-a-method.md"));
        var projects = XmlBlock().Matches(page).Select(block => block.Groups[1].Value).ToArray();
        Assert.Equal(2, projects.Length);
        using var sandbox = new Sandbox(importsTargets: false);
        sandbox.Write("nuget.config", sdk.NuGetConfig);
        sandbox.Write("My.Methods/My.Methods.csproj", projects[0].Replace("Reparam.Sdk/0.1.0", $"Reparam.Sdk/{sdk.Version}", StringComparison.Ordinal));
        foreach (Match block in FileBlock().Matches(page))
        {
            sandbox.Write($"My.Methods/{block.Groups[1].Value}", block.Groups[2].Value);
        }

        sandbox.Write("App/App.csproj", $"""
            <Project Sdk="Reparam.Sdk/{sdk.Version}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <ReparamRole>App</ReparamRole>
              </PropertyGroup>
              {projects[1]}
              <ItemGroup>
                <ReparamMerge Include="model.safetensors;other.safetensors" Method="my-middle" Way="0.25" OutputName="middle" />
                <ReparamCheckpoint Include="middle" FromMerge="true" />
              </ItemGroup>
            </Project>
            """);
        sandbox.Write("App/Program.cs", """
            using System.Globalization;
            using Reparam.Runtime;

            var net = My.NetRuntime.Load(Path.Combine(AppContext.BaseDirectory, args[0]));
            using var scope = TensorScope.Open();
            foreach (var y in net.Call(Torch.Ones(1, 16)).Span<float>())
            {
                Console.WriteLine(y.ToString("R", CultureInfo.InvariantCulture));
            }
            """);

        // All weights are 1 or all are 3, so that signs with one scale lose nothing: first 16·s, its bias 0, the block 16 times that and so on.
        void Write(string file, float value) => SafetensorsFile.Write(
            sandbox.PathOf(file),
            ("block.joined.weight", [16, 16], Enumerable.Repeat(value, 256).ToArray()),
            ("first.bias", [16], new float[16]),
            ("first.weight", [16, 16], Enumerable.Repeat(value, 256).ToArray()),
            ("last.bias", [4], [0, 1, 2, 3]),
            ("last.weight", [4, 16], Enumerable.Repeat(value, 64).ToArray()));
        Write("App/model.safetensors", 1);
        Write("App/other.safetensors", 3);

        var build = sandbox.Run("build", "App").Succeeds();

        Assert.Empty(build.Warnings);
        Assert.Contains("first.weight.my_signs", SafetensorsFile.Names(sandbox.PathOf("App/bin/Debug/net10.0/model.reparam.safetensors")));
        Assert.DoesNotContain(
            sandbox.Files("App/bin/Debug/net10.0"),
            file => file.Contains("orch", StringComparison.Ordinal) || file.Contains("Reparam.Compression", StringComparison.Ordinal) || file.Contains("Reparam.Merging", StringComparison.Ordinal));

        // The block's signs have the gain 1.25.
        Assert.Equal(Outputs(1), RunApp(sandbox, "model.reparam.safetensors"));
        Assert.Equal(Outputs(1.5), RunApp(sandbox, "middle.reparam.safetensors"));
        static double[] Outputs(double value) => [.. Enumerable.Range(0, 4).Select(bias => (Math.Pow(16 * value, 3) * 1.25) + bias)];
    }

    [Fact]
    public void The_template_makes_a_solution_that_builds()
    {
        using var sandbox = new Sandbox(importsTargets: false);
        sandbox.Write("nuget.config", sdk.NuGetConfig);
        var hive = sandbox.PathOf("hive");
        New(sandbox, "install", Path.Combine(Repository.Root, "templates/Reparam.Templates/content/reparam-solution"), "--debug:custom-hive", hive);
        New(sandbox, "reparam-solution", "-n", "Mine", "--bits", "3", "--debug:custom-hive", hive);
        // Packing the templates writes the version; here it is the one under test.
        foreach (var project in (string[])["Mine/Mine/Mine.csproj", "Mine/Mine.Model/Mine.Model.csproj"])
        {
            sandbox.Write(project, sandbox.Read(project).Replace("REPARAM_SDK_VERSION", sdk.Version, StringComparison.Ordinal));
        }

        Assert.Contains("ShiftAdd(3", sandbox.Read("Mine/Mine.Model/Classifier.cs"), StringComparison.Ordinal);
        Assert.Empty(sandbox.Run("build", "Mine/Mine").Succeeds().Warnings);
    }

    private static void New(Sandbox sandbox, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["new", .. arguments]) { WorkingDirectory = sandbox.Root, RedirectStandardOutput = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }

    private static float[] Hidden => SafetensorsFile.Gaussian(2 * Width * Width, seed: 1, scale: 0.1);

    private static float[] Head => SafetensorsFile.Gaussian(2 * Width * Width, seed: 2, scale: 0.1);

    private Sandbox WriteSolution()
    {
        var sandbox = new Sandbox(importsTargets: false);
        sandbox.Write("nuget.config", sdk.NuGetConfig);
        sandbox.Write("Model/Model.csproj", $"""
            <Project Sdk="Reparam.Sdk/{sdk.Version}">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <ReparamRole>Model</ReparamRole>
              </PropertyGroup>
            </Project>
            """);
        sandbox.Write("Model/Net.cs", """
            using Reparam;
            using TorchSharp;
            using static TorchSharp.torch;
            using static TorchSharp.torch.nn;

            namespace Packed;

            [ReparamModel]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                public Net(int width) : base(nameof(Net))
                {
                    Hidden = Linear(width, 2 * width, hasBias: false);
                    Head = Linear(2 * width, width, hasBias: false);
                    RegisterComponents();
                }

                [ShiftAdd(3, GroupSize = 32)]
                public partial Module<Tensor, Tensor> Hidden { get; private set; }

                public partial Module<Tensor, Tensor> Head { get; private set; }

                public override Tensor forward(Tensor x) => Head.call(functional.relu(Hidden.call(x)));
            }
            """);
        sandbox.Write("App/App.csproj", $"""
            <Project Sdk="Reparam.Sdk/{sdk.Version}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <ReparamRole>App</ReparamRole>
              </PropertyGroup>
              <ItemGroup>
                <ProjectReference Include="../Model/Model.csproj" />
                <ReparamCheckpoint Include="model.safetensors" />
              </ItemGroup>
            </Project>
            """);
        sandbox.Write("App/Program.cs", $$"""
            using System.Globalization;
            using Reparam.Runtime;

            var net = Packed.NetRuntime.Load(Path.Combine(AppContext.BaseDirectory, "model.reparam.safetensors"), {{Width}});
            using var scope = TensorScope.Open();
            var x = Torch.Tensor(Enumerable.Range(0, {{Width}}).Select(i => (float)Math.Sin(i)).ToArray());
            foreach (var y in net.Call(x.View(1, -1)).Span<float>())
            {
                Console.WriteLine(y.ToString("R", CultureInfo.InvariantCulture));
            }
            """);
        WriteCheckpoint(sandbox);
        return sandbox;
    }

    private static void WriteCheckpoint(Sandbox sandbox) => SafetensorsFile.Write(
        sandbox.PathOf("App/model.safetensors"),
        ("head.weight", [Width, 2 * Width], Head),
        ("hidden.weight", [2 * Width, Width], Hidden));

    /// <summary>What the uncompressed network answers, in double precision.</summary>
    private static double[] Expected()
    {
        float[] hidden = Hidden, head = Head;
        var inner = Enumerable.Range(0, 2 * Width).Select(row => Math.Max(0, Enumerable.Range(0, Width).Sum(i => hidden[row * Width + i] * (double)(float)Math.Sin(i)))).ToArray();
        return [.. Enumerable.Range(0, Width).Select(row => Enumerable.Range(0, 2 * Width).Sum(i => head[row * 2 * Width + i] * inner[i]))];
    }

    [GeneratedRegex("```xml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex XmlBlock();

    [GeneratedRegex("```csharp\n// (\\S+)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex FileBlock();

    private static double[] RunApp(Sandbox sandbox, params string[] arguments)
    {
        using var app = Process.Start(new ProcessStartInfo("dotnet", [sandbox.PathOf("App/bin/Debug/net10.0/App.dll"), .. arguments]) { RedirectStandardOutput = true })!;
        var output = app.StandardOutput.ReadToEnd();
        app.WaitForExit();
        Assert.Equal(0, app.ExitCode);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
    }

    private static void AssertNear(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        var error = Math.Sqrt(expected.Zip(actual).Sum(pair => Math.Pow(pair.First - pair.Second, 2)) / expected.Sum(value => value * value));
        Assert.InRange(error, 1e-6, tolerance);
    }
}
