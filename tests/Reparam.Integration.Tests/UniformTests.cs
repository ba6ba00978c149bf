using System.Diagnostics;
using System.Globalization;

namespace Reparam.Integration.Tests;

/// <summary>Layers of <c>[Uniform]</c>, with rounded inputs and without, through the packed SDK: a library, an app, real builds, the app itself.</summary>
public class UniformTests(PackedSdk sdk) : IClassFixture<PackedSdk>
{
    private const int Inputs = 64;
    private const int Inner = 256;
    private const int Outputs = 32;

    // So coarse that nobody could take rounded inputs for others.
    private const double Scale = 0.25;
    private const int Zero = 3;

    [Fact]
    public void The_app_rounds_inputs_and_weights_as_the_annotations_say()
    {
        using var sandbox = WriteSolution();
        WriteCheckpoint(sandbox, withState: true);
        var build = sandbox.Run("build", "App").Succeeds();
        Assert.Empty(build.Warnings);
        const string packed = "App/bin/Debug/net10.0/model.reparam.safetensors";
        Assert.Equal(
            [
                "head.weight.codes", "head.weight.exponents", "head.weight.scales", "head.weight.zeros",
                "hidden.weight.codes", "hidden.weight.exponents", "hidden.weight.inputscale", "hidden.weight.inputzero", "hidden.weight.scales", "hidden.weight.zeros",
            ],
            SafetensorsFile.Names(sandbox.PathOf(packed)).Order(StringComparer.Ordinal));
        var found = RunApp(sandbox);
        Assert.InRange(Distance(Expected(roundsInputs: true), found), 1e-6, 0.02);
        Assert.InRange(Distance(Expected(roundsInputs: false), found), 0.05, 1);

        // Four bits in groups of 128.
        sandbox.Write("Model/Net.cs", sandbox.Read("Model/Net.cs").Replace("[Uniform(8)]", "[Uniform(4, GroupSize = 128)]", StringComparison.Ordinal));
        sandbox.Run("build", "App", "--no-restore").Succeeds();
        Assert.Equal([Outputs, Inner / 2], SafetensorsFile.Shape(sandbox.PathOf(packed), "head.weight.codes"));
        Assert.Equal([Outputs, 2], SafetensorsFile.Shape(sandbox.PathOf(packed), "head.weight.scales"));
        Assert.InRange(Distance(Expected(roundsInputs: true), RunApp(sandbox)), 0.02, 0.15);

        // An export of a model that was not calibrated.
        WriteCheckpoint(sandbox, withState: false);
        var lacking = Assert.Single(sandbox.Run("build", "App", "--no-restore").Fails().Errors);
        Assert.Equal(("RPB0123", sandbox.PathOf("App/model.safetensors")), (lacking.Code, lacking.File));
        Assert.Contains("'hidden.weight'", lacking.Text, StringComparison.Ordinal);
        Assert.Contains("'hidden.reparam.uniform.input_scale'", lacking.Text, StringComparison.Ordinal);

        // Which is right for a model that does not round its inputs.
        sandbox.Write("Model/Net.cs", sandbox.Read("Model/Net.cs").Replace(", Activations = 8", "", StringComparison.Ordinal));
        sandbox.Run("build", "App", "--no-restore").Succeeds();
        Assert.InRange(Distance(Expected(roundsInputs: false), RunApp(sandbox)), 0.02, 0.15);
    }

    private static float[] Hidden => SafetensorsFile.Gaussian(Inner * Inputs, seed: 1, scale: 0.1);

    private static float[] Head => SafetensorsFile.Gaussian(Outputs * Inner, seed: 2, scale: 0.1);

    private Sandbox WriteSolution()
    {
        var sandbox = new Sandbox(importsTargets: false);
        sandbox.Write("nuget.config", sdk.NuGetConfig);
        sandbox.Write("Model/Model.csproj", $"""
            <Project Sdk="Reparam.Sdk/{sdk.Version}">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ReparamRole>Model</ReparamRole>
              </PropertyGroup>
            </Project>
            """);
        sandbox.Write("Model/Net.cs", $$"""
            using Reparam;
            using TorchSharp;
            using static TorchSharp.torch;
            using static TorchSharp.torch.nn;

            namespace Rounded;

            [ReparamModel]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                public Net() : base(nameof(Net))
                {
                    Hidden = Linear({{Inputs}}, {{Inner}}, hasBias: false);
                    Head = Linear({{Inner}}, {{Outputs}}, hasBias: false);
                    RegisterComponents();
                }

                [Uniform(8, Activations = 8)]
                public partial Module<Tensor, Tensor> Hidden { get; private set; }

                [Uniform(8)]
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

            var net = Rounded.NetRuntime.Load(Path.Combine(AppContext.BaseDirectory, "model.reparam.safetensors"));
            using var scope = TensorScope.Open();
            var x = Torch.Tensor(Enumerable.Range(0, {{Inputs}}).Select(i => (float)Math.Sin(i)).ToArray());
            foreach (var y in net.Call(x.View(1, -1)).Span<float>())
            {
                Console.WriteLine(y.ToString("R", CultureInfo.InvariantCulture));
            }
            """);
        return sandbox;
    }

    private static void WriteCheckpoint(Sandbox sandbox, bool withState)
    {
        (string Name, int[] Shape, float[] Values)[] state = withState
            ? [("hidden.reparam.uniform.input_scale", [1], [(float)Scale]), ("hidden.reparam.uniform.input_zero", [1], [Zero])]
            : [];
        SafetensorsFile.Write(
            sandbox.PathOf("App/model.safetensors"), [("head.weight", [Outputs, Inner], Head), ("hidden.weight", [Inner, Inputs], Hidden), .. state]);
    }

    // The network with weights as they are, in double precision. Inputs below −Zero·Scale are clipped.
    private static double[] Expected(bool roundsInputs)
    {
        double[] x = [.. Enumerable.Range(0, Inputs).Select(i => (double)(float)Math.Sin(i))];
        if (roundsInputs)
        {
            x = Array.ConvertAll(x, value => Scale * (Math.Clamp(Math.Round(value / Scale) + Zero, 0, 255) - Zero));
        }

        double[] inner = [.. Product(Hidden, x).Select(value => Math.Max(0, value))];
        return [.. Product(Head, inner)];
    }

    private static IEnumerable<double> Product(float[] weights, double[] x) =>
        weights.Chunk(x.Length).Select(row => row.Zip(x).Sum(pair => pair.First * pair.Second));

    private static double[] RunApp(Sandbox sandbox)
    {
        using var app = Process.Start(new ProcessStartInfo("dotnet") { ArgumentList = { sandbox.PathOf("App/bin/Debug/net10.0/App.dll") }, RedirectStandardOutput = true })!;
        var output = app.StandardOutput.ReadToEnd();
        app.WaitForExit();
        Assert.Equal(0, app.ExitCode);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
    }

    private static double Distance(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        return Math.Sqrt(expected.Zip(actual).Sum(pair => Math.Pow(pair.First - pair.Second, 2)) / expected.Sum(value => value * value));
    }
}
