using System.Reflection;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Compression;
using Reparam.Conformance.Tests.Models;
using Reparam.Integration.Tests.Harness;
using Reparam.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Foreign.Tests;

/// <summary>A model whose inputs are rounded to 8 bits, from training through a real build to its run-time class.</summary>
public sealed class UniformTests : IDisposable
{
    private const string Source = """
        using Reparam;
        using TorchSharp;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        namespace My;

        [ReparamModel]
        [Uniform(8, Activations = 8)]
        public sealed partial class Rounded : Module<Tensor, Tensor>
        {
            public Rounded()
                : base(nameof(Rounded))
            {
                Grouped = Conv2d(4, 8, 3, padding: 1, groups: 2);
                Wide = Linear(8 * 16, 48);
                Last = Linear(48, 5);
                RegisterComponents();
            }

            [Uniform(8, Activations = 8, ActivationsPerChannel = true)]
            public partial Module<Tensor, Tensor> Grouped { get; private set; }

            public partial Module<Tensor, Tensor> Wide { get; private set; }

            [Uniform(8, GroupSize = 16, Activations = 8, ActivationsPerChannel = true)]
            public partial Module<Tensor, Tensor> Last { get; private set; }

            public override Tensor forward(Tensor x) => Last.call(functional.relu(Wide.call(functional.relu(Grouped.call(x)).flatten(1))));
        }
        """;

    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void The_app_computes_what_was_trained()
    {
        var dll = sandbox.PathOf("My.Rounded.dll");
        new Compiled("My.Rounded", [("Rounded.cs", Source)]).Write(dll);
        var library = Assembly.Load(File.ReadAllBytes(dll));
        using var net = Make(library);
        manual_seed(1);
        using var x = randn(7, 4, 4, 4);
        Train(net, x);
        var dense = sandbox.PathOf("dense.safetensors");
        net.ExportDense(dense);
        sandbox.WriteApp("App", $"""
            <ItemGroup>
              <Reference Include="{dll}" />
              <ReparamCheckpoint Include="{dense}" Model="My.Rounded" OutputName="model" CopyToOutputDirectory="PreserveNewest" />
            </ItemGroup>
            """);
        sandbox.Run("build", "App", $"-p:ReparamTool={Repository.Worker}").Succeeds();
        var packed = sandbox.PathOf("App/bin/Debug/net10.0/model.reparam.safetensors");

        // The coded weights in the trained model: what remains is the rounding of sums.
        var decoded = sandbox.PathOf("decoded.safetensors");
        using (var file = PackedFile.Open(packed))
        {
            Assert.Equal(["grouped.weight", "last.weight", "wide.weight"], file.Layers.Keys.Order(StringComparer.Ordinal));
            Assert.All(file.Layers.Values, spec => Assert.True(spec.RoundsInputs));
            Assert.Equal(["grouped.bias", "last.bias", "wide.bias"], file.CopiedNames.Order(StringComparer.Ordinal));
            CheckpointDecompressor.Decompress(file, decoded);
        }

        using var coded = Make(library);
        coded.LoadSafetensors(decoded);
        AssertNear(coded, x, Run(library, packed, x), 1e-3);
        AssertNear(coded, x, Run(library, decoded, x), 1e-3);

        // The run-time class rounds the inputs of weights that are not coded, too.
        AssertNear(net, x, Run(library, dense, x), 1e-3);
        AssertNear(net, x, Run(library, packed, x), 0.05);

        // Without the grids it computes something else, and with a part of them nothing.
        var plain = sandbox.PathOf("plain.safetensors");
        Copy(dense, plain, name => !name.Contains("reparam", StringComparison.Ordinal));
        Assert.True(Distance(net, x, Run(library, plain, x)) > 2e-3);
        var half = sandbox.PathOf("half.safetensors");
        Copy(dense, half, name => name != "wide.reparam.uniform.input_zero");
        var refused = Assert.Throws<TargetInvocationException>(() => Run(library, half, x)).InnerException!.Message;
        Assert.Contains("unexpected 'wide.reparam.uniform.input_scale'", refused, StringComparison.Ordinal);
    }

    private static nn.Module<Tensor, Tensor> Make(Assembly library) =>
        (nn.Module<Tensor, Tensor>)Activator.CreateInstance(library.GetType("My.Rounded", throwOnError: true)!)!;

    private static void Train(nn.Module<Tensor, Tensor> net, Tensor x)
    {
        net.CalibrateReparam(() => net.call(x));
        using var target = randn(7, 5);
        using var optimizer = optim.AdamW(net.ReparamParameterGroups(0.01, 0.01).ForAdamW());
        for (var i = 0; i < 10; i++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.mse_loss(net.call(x), target).backward();
            optimizer.step();
            net.AfterOptimizerStep();
        }

        net.eval();
    }

    private static float[] Run(Assembly library, string checkpoint, Tensor x)
    {
        var load = library.GetType("My.RoundedRuntime", throwOnError: true)!.GetMethod("Load", [typeof(string)])!;
        var twin = (Runtime.Module<Runtime.Tensor, Runtime.Tensor>)load.Invoke(null, [checkpoint])!;
        return twin.Call(Runtime.Torch.Tensor(x.data<float>().ToArray(), [.. x.shape])).ToArray<float>();
    }

    private static void Copy(string source, string target, Func<string, bool> isKept)
    {
        using var file = Checkpoint.Open(source);
        var writer = new Checkpoints.Safetensors.SafetensorsWriter();
        foreach (var name in file.Names.Where(isKept))
        {
            writer.Add(name, file.Info(name).DType, file.Info(name).Shape.AsSpan(), file.Bytes(name).ToArray());
        }

        writer.Write(target);
    }

    private static void AssertNear(nn.Module<Tensor, Tensor> net, Tensor x, float[] found, double limit) => Assert.InRange(Distance(net, x, found), 0, limit);

    private static double Distance(nn.Module<Tensor, Tensor> net, Tensor x, float[] found)
    {
        using var scope = NewDisposeScope();
        net.eval();
        var expected = net.call(x).data<float>().ToArray();
        Assert.Equal(expected.Length, found.Length);
        return Math.Sqrt(expected.Zip(found).Sum(pair => Math.Pow(pair.First - pair.Second, 2)) / expected.Sum(value => (double)value * value));
    }
}
