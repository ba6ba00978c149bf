using System.Reflection;
using Reparam.Checkpoints;
using Reparam.Generators.Tests.Harness;
using Reparam.Runtime;
using Reparam.Training;

namespace Reparam.Generators.Tests.Twins;

/// <summary>The root's <c>Load</c> methods.</summary>
public class TwinLoadTests
{
    private const string Source = """
        namespace Tests;

        public sealed record Config(int InputSize, long HiddenDim, string Mode = "plain", bool HasBias = true)
        {
            public float Scale { get; init; } = 2;

            public required double Shift { get; init; }
        }

        [ReparamModel]
        public sealed partial class Net : Module<Tensor, Tensor>
        {
            public Net(Config config) : base(nameof(Net))
            {
                Config = config;
                Proj = Linear(config.InputSize, config.HiddenDim, config.HasBias);
                RegisterComponents();
            }

            public Config Config { get; }

            public partial Module<Tensor, Tensor> Proj { get; private set; }

            public override Tensor forward(Tensor x) => Proj.call(x) * Config.Scale + Config.Shift;
        }
        """;

    [Fact]
    public void Values_come_from_the_checkpoint_and_missing_ones_from_the_record()
    {
        var models = GeneratorRun.Of(Source).Load();
        var type = models.GetType("Tests.Config")!;
        var config = Activator.CreateInstance(type, 3, 2L, "plain", false)!;
        type.GetProperty("Shift")!.SetValue(config, 0.5);
        using var torch = (TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>)Activator.CreateInstance(models.GetType("Tests.Net")!, config)!;
        var path = Path.Combine(Path.GetTempPath(), $"twin-{Guid.NewGuid():N}.safetensors");
        try
        {
            torch.SaveSafetensors(path, new Dictionary<string, string> { ["reparam.config"] = """{"input_size": 3, "hidden_dim": 2, "has_bias": false, "shift": 0.5}""" });
            var net = (Module<Tensor, Tensor>)models.GetType("Tests.NetRuntime")!.GetMethod("Load", [typeof(string)])!.Invoke(null, [path])!;

            Assert.Equal(config, net.GetType().GetProperty("Config")!.GetValue(net));
            Parity.AssertSame(torch.call(TorchSharp.torch.tensor([1f, 2f, 3f], [1, 3])), net.Call(Torch.Tensor([1f, 2f, 3f], [1, 3])));

            // The same with a degree of verification, with and without the values: a plain file has nothing to verify it with.
            foreach (var arguments in (object[][])[[path, Verify.Full], [path, Verify.Full, config]])
            {
                var load = models.GetType("Tests.NetRuntime")!.GetMethod("Load", [.. arguments.Select(argument => argument.GetType())])!;
                Assert.Contains("no checksums", Assert.Throws<TargetInvocationException>(() => load.Invoke(null, arguments)).InnerException!.Message, StringComparison.Ordinal);
                arguments[1] = Verify.Quick;
                Assert.NotNull(load.Invoke(null, arguments));
            }

            torch.SaveSafetensors(path, new Dictionary<string, string> { ["reparam.config"] = """{"input_size": 2000000000, "hidden_dim": 2, "has_bias": true, "shift": 0.5, "mode": 7}""" });
            var refused = Assert.Throws<TargetInvocationException>(() => models.GetType("Tests.NetRuntime")!.GetMethod("Load", [typeof(string)])!.Invoke(null, [path]));
            Assert.Equal(CheckpointRule.Metadata, Assert.IsType<CheckpointException>(refused.InnerException).Rule);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_record_with_other_types_gives_no_load_without_it()
    {
        var run = GeneratorRun.Of(Source.Replace("long HiddenDim", "long HiddenDim, int[] Sizes", StringComparison.Ordinal)).AssertCompiles();
        var text = run.File("Tests.Net.Twin.g.cs");
        Assert.Contains("Load(string path, global::Tests.Config config)", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Load(string path)", text, StringComparison.Ordinal);
        Assert.Contains("Load(string path, global::Reparam.Runtime.Verify verify, global::Tests.Config config)", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Load(string path, global::Reparam.Runtime.Verify verify)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_load_of_the_users_own_is_left_alone()
    {
        var run = GeneratorRun.Of(Source.Replace("public Config Config { get; }", "public Config Config { get; } public static int Load(string file) => 1;", StringComparison.Ordinal)).AssertCompiles();
        Assert.Contains("public static int Load(string file) => 1;", run.File("Tests.Net.Twin.g.cs"), StringComparison.Ordinal);
    }
}
