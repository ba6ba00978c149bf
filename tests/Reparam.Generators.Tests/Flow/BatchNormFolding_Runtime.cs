using System.Collections.Immutable;
using System.Reflection;
using Reparam.Checkpoints;
using Reparam.Compression;
using Reparam.Compression.BatchNormFolding;
using Reparam.Compression.Plans;
using Reparam.Generators.Tests.Harness;
using Reparam.Runtime;
using Reparam.Training;

namespace Reparam.Generators.Tests.Flow;

/// <summary>Batch norms from the annotated class to the twin that runs without them.</summary>
public class BatchNormFolding_Runtime
{
    // A residual network of the kind of ResNet-20: convolutions without bias, batch norms, shortcuts with and without a convolution, a grouped convolution, a linear layer with a batch norm.
    private const string Source = """
        namespace Tests;

        [ReparamModule]
        public sealed partial class Block : Module<Tensor, Tensor>
        {
            public Block(long width, long outputs, long stride) : base("block")
            {
                Conv1 = Conv2d(width, outputs, 3, stride: stride, padding: 1, bias: false);
                Bn1 = BatchNorm2d(outputs);
                Conv2 = Conv2d(outputs, outputs, 3, padding: 1, groups: 2);
                Bn2 = BatchNorm2d(outputs, eps: 0.01);
                Shortcut = Sequential(("conv", Conv2d(width, outputs, 1, stride: stride, bias: false)), ("bn", BatchNorm2d(outputs, affine: false)));
                RegisterComponents();
            }

            public partial Module<Tensor, Tensor> Conv1 { get; private set; }

            public partial Module<Tensor, Tensor> Bn1 { get; private set; }

            public partial Module<Tensor, Tensor> Conv2 { get; private set; }

            public partial Module<Tensor, Tensor> Bn2 { get; private set; }

            public partial Module<Tensor, Tensor> Shortcut { get; private set; }

            public override Tensor forward(Tensor x)
            {
                var y = functional.relu(Bn1.call(Conv1.call(x)));
                y = Bn2.call(Conv2.call(y));
                y = y + Shortcut.call(x);
                return functional.relu(y);
            }
        }

        [ReparamModel]
        public sealed partial class Net : Module<Tensor, Tensor>
        {
            public Net() : base("net")
            {
                Stem = Conv2d(3, 4, 3, padding: 1, bias: false);
                Norm = BatchNorm2d(4);
                Blocks = new ModuleList<Block>(new Block(4, 4, 1), new Block(4, 8, 2), new Block(8, 8, 1));
                Hidden = Linear(8, 6);
                HiddenNorm = BatchNorm1d(6);
                Head = Linear(6, 10);
                RegisterComponents();
            }

            public partial Module<Tensor, Tensor> Stem { get; private set; }

            public partial Module<Tensor, Tensor> Norm { get; private set; }

            public partial ModuleList<Block> Blocks { get; private set; }

            public partial Module<Tensor, Tensor> Hidden { get; private set; }

            public partial Module<Tensor, Tensor> HiddenNorm { get; private set; }

            public partial Module<Tensor, Tensor> Head { get; private set; }

            public override Tensor forward(Tensor x)
            {
                x = functional.relu(Norm.call(Stem.call(x)));
                foreach (var block in Blocks)
                {
                    x = block.call(x);
                }

                x = x.mean([2L, 3L]);
                return Head.call(functional.relu(HiddenNorm.call(Hidden.call(x))));
            }
        }
        """;

    private static readonly string[] All =
    [
        "norm", "blocks.0.bn1", "blocks.0.bn2", "blocks.0.shortcut.bn", "blocks.1.bn1", "blocks.1.bn2", "blocks.1.shortcut.bn", "blocks.2.bn1", "blocks.2.bn2", "blocks.2.shortcut.bn", "hidden_norm",
    ];

    [Fact]
    public void A_residual_network_runs_no_batch_norm_and_gives_the_same()
    {
        using var model = new Trained(Source);
        var (names, outputs, folded) = model.RunFolded();
        Assert.Equal(All.Order(StringComparer.Ordinal), folded);
        Assert.DoesNotContain(names, name => name.Contains("running", StringComparison.Ordinal) || name.Contains("norm", StringComparison.Ordinal) || name.Contains("bn", StringComparison.Ordinal));
        Assert.Contains("blocks.1.conv1.bias", names);
        AssertNear(model.Expected, outputs);
    }

    [Theory]
    [InlineData("Bn1.call(Conv1.call(x))", "Bn1.call(Conv1.call(x) + 1)", "bn1")]                                                       // something between
    [InlineData("y = Bn2.call(Conv2.call(y));", "var z = Conv2.call(y); y = Bn2.call(z) + z;", "bn2")]                                     // another use
    [InlineData("y = Bn2.call(Conv2.call(y));", "y = Bn2.call(Conv2.call(Conv2.call(y)));", "bn2")]                                        // the layer twice
    [InlineData("y = Bn2.call(Conv2.call(y));", "y = Conv2.call(y); if (y.shape[0] > 0) { y = Bn2.call(y); }", "bn2")]                     // on a condition
    [InlineData("y = Bn2.call(Conv2.call(y));", "y = Conv2.call(y); y.copy_(y + 1); y = Bn2.call(y);", "bn2")]                                 // changed in place
    [InlineData("var y = functional.relu(Bn1.call(Conv1.call(x)));", "var y = Conv1.call(x); if (y.shape[1] == x.shape[1]) { y = Bn1.call(y); } else { y = Bn1.call(y); }", "bn1")]
    [InlineData("var y = functional.relu(", "Func<Tensor, Tensor> again = Conv1.call; var y = functional.relu(again(x) + ", "bn1")]          // its method handed on
    [InlineData("var y = functional.relu(", "var z = Conv1 is { } again ? again.call(x) : x; var y = functional.relu(z + ", "bn1")]       // under another name
    public void What_is_in_doubt_stays(string from, string to, string kept)
    {
        using var model = new Trained(Source.Replace(from, to, StringComparison.Ordinal));
        var (_, outputs, folded) = model.RunFolded();
        Assert.Equal(All.Where(path => !path.EndsWith(kept, StringComparison.Ordinal) || path == "norm").Order(StringComparer.Ordinal), folded);
        AssertNear(model.Expected, outputs);
    }

    [Theory]
    [InlineData("for (var i = 0; i < 3; i++) { x = Norms[i].call(Layers[i].call(x)); }", true)]
    [InlineData("for (var i = 0; i < 3; i++) { x = Norms[i].call(Layers[2 - i].call(x)); }", false)]
    [InlineData("for (var i = 0; i < 3; i++) { var j = (i + 1) % 3; x = Norms[j].call(Layers[i].call(x)); }", false)]
    [InlineData("for (int i = 0, j = 2; i < 3; i++, j--) { x = Norms[j].call(Layers[i].call(x)); }", false)]
    [InlineData("for (var i = 0; i < 2; i++) { x = Layers[i++].call(x); x = Norms[i].call(x); }", false)]
    [InlineData("var first = 0; var second = 1; x = Norms[second].call(Layers[first].call(x));", false)]
    [InlineData("foreach (var layer in Layers) { foreach (var norm in Norms) { x = norm.call(layer.call(x)); } }", false)]
    [InlineData("for (var i = 0; i < 3; i++) { foreach (var norm in Norms) { x = norm.call(Layers[i].call(x)); } }", false)]
    public void Lists_fold_by_one_index_alone(string loop, bool isFolded)
    {
        using var model = new Trained($$"""
            namespace Tests;

            [ReparamModel]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                public Net() : base("net")
                {
                    Layers = new ModuleList<Module<Tensor, Tensor>>(Conv2d(3, 3, 1), Conv2d(3, 3, 1), Conv2d(3, 3, 1));
                    Norms = new ModuleList<Module<Tensor, Tensor>>(BatchNorm2d(3), BatchNorm2d(3), BatchNorm2d(3));
                    RegisterComponents();
                }

                public partial ModuleList<Module<Tensor, Tensor>> Layers { get; private set; }

                public partial ModuleList<Module<Tensor, Tensor>> Norms { get; private set; }

                public override Tensor forward(Tensor x)
                {
                    {{loop}}
                    return x;
                }
            }
            """);
        var (_, outputs, folded) = model.RunFolded();
        Assert.Equal(isFolded ? ["norms.0", "norms.1", "norms.2"] : [], folded);
        AssertNear(model.Expected, outputs);
    }

    [Theory]
    [InlineData("Layers = Sequential(Unit(3, 4), Unit(4, 5))", "Layers.0.1", "Layers.1.1")]
    [InlineData("Layers = Sequential(new List<Module<Tensor, Tensor>> { Unit(3, 4), ReLU(), Unit(4, 5) })", "Layers.0.1", "Layers.2.1")]
    [InlineData("Layers = Filled(3, 4, true)", "Layers.1")]
    [InlineData("Layers = Sequential((\"a\", Unit(3, 4)), (\"b\", Filled(4, 4, false)))", "Layers.a.1", "Layers.b.1")]
    [InlineData("Layers = Stacked(true, 4, 5, 6)", "Layers.1", "Layers.4", "Layers.7")]
    [InlineData("Layers = Stacked(false, 4, 5, 6)")]                                                         // two constants, and which is which cannot be told
    [InlineData("var unit = Unit(3, 4); Layers = Sequential(unit, Unit(4, 4)); Other = Sequential(unit)", "Layers.0.1", "Layers.1.1", "Other.0.1")]
    [InlineData("Layers = Shared(3, 4)")]                                                                    // the convolution has another name too
    [InlineData("Layers = Sequential(ConvTranspose2d(3, 3, 1), BatchNorm2d(3))")]
    public void Sequentials_that_helpers_and_lists_make_fold(string made, params string[] expected)
    {
        using var model = new Trained($$"""
            namespace Tests;

            [ReparamModel]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                private readonly Sequential Layers;
                private readonly Sequential? Other;
                private Conv2d? Kept;

                public Net() : base("net")
                {
                    Other = null;
                    Kept = null;
                    {{made}};
                    RegisterComponents();
                }

                private static Sequential Unit(long inputs, long outputs) => Sequential(Conv2d(inputs, outputs, 3, bias: false), BatchNorm2d(outputs), ReLU());

                private static Sequential Filled(long inputs, long outputs, bool activate)
                {
                    var list = new List<Module<Tensor, Tensor>> { Conv2d(inputs, outputs, 1), BatchNorm2d(outputs) };
                    if (activate)
                    {
                        list.Add(ReLU6());
                    }

                    return Sequential(list);
                }

                private static Sequential Stacked(bool same, params long[] widths)
                {
                    var list = new List<Module<Tensor, Tensor>>();
                    long inputs = 3;
                    foreach (var width in widths)
                    {
                        list.Add(Conv2d(inputs, width, 1));
                        list.Add({{(made.Contains("false", StringComparison.Ordinal) ? "same ? BatchNorm2d(width) : BatchNorm2d(width, eps: 0.1)" : "BatchNorm2d(width)")}});
                        list.Add(ReLU());
                        inputs = width;
                    }

                    return Sequential(list.ToArray());
                }

                private Sequential Shared(long inputs, long outputs)
                {
                    Kept = Conv2d(inputs, outputs, 1);
                    return Sequential(Kept, BatchNorm2d(outputs));
                }

                public override Tensor forward(Tensor x) => Other is null ? Layers.call(x) : Layers.call(x) + Other.call(x).sum() + (Kept is null ? 0 : 1);
            }
            """);
        var (_, outputs, folded) = model.RunFolded();
        Assert.Equal(expected.Order(StringComparer.Ordinal), folded);
        AssertNear(model.Expected, outputs);
    }

    [Theory]
    [InlineData("for (var i = 0; i < 1; i++) { x = Layers[i].call(x); } x = Layers[1].call(x);", "Layers.0.1", "Layers.1.block.bn")]   // however the list is called
    [InlineData("x = Layers[1].call(((Sequential)Layers[0])[0].call(x));")]                          // a layer inside is called by itself
    [InlineData("foreach (var layer in Layers) { x = layer.call(x); }", "Layers.0.1", "Layers.1.block.bn")]
    public void What_is_inside_a_lists_elements_folds_however_they_are_called(string calls, params string[] expected)
    {
        using var model = new Trained($$"""
            namespace Tests;

            public sealed class Unit : Module<Tensor, Tensor>
            {
                private readonly Conv2d conv;
                private readonly BatchNorm2d? bn;
                private readonly ReLU? relu;

                public Unit(long inputs, long outputs, bool norm, bool activate) : base("unit")
                {
                    conv = Conv2d(inputs, outputs, 1);
                    bn = norm ? BatchNorm2d(outputs) : null;
                    relu = activate ? ReLU() : null;
                    RegisterComponents();
                }

                public override Tensor forward(Tensor x)
                {
                    x = conv.call(x);
                    if (bn != null)
                    {
                        x = bn.call(x);
                    }

                    if (relu is not null)
                    {
                        x = relu.call(x);
                    }

                    return x;
                }
            }

            public sealed class Block : Module<Tensor, Tensor>
            {
                private readonly Unit block = new(4, 4, true, true), plain = new(4, 3, false, false);

                public Block() : base("block") => RegisterComponents();

                public override Tensor forward(Tensor x) => plain.call(block.call(x));
            }

            [ReparamModel]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                private readonly ModuleList<Module<Tensor, Tensor>> Layers;

                public Net() : base("net")
                {
                    Layers = ModuleList<Module<Tensor, Tensor>>(Made(3, 4), new Block());
                    RegisterComponents();
                }

                private static Sequential Made(long inputs, long outputs) => Sequential(Conv2d(inputs, outputs, 1), BatchNorm2d(outputs), ReLU());

                public override Tensor forward(Tensor x)
                {
                    {{calls}}
                    return x;
                }
            }
            """);
        var (_, outputs, folded) = model.RunFolded();
        Assert.Equal(expected.Order(StringComparer.Ordinal), folded);
        AssertNear(model.Expected, outputs);
    }

    [Theory]
    [InlineData("System.Func<Tensor, Tensor> f = Conv2.call; y = Bn2.call(Conv2.call(y)) + f(y);")]
    [InlineData("System.Func<Tensor, Tensor> f = Again; y = Bn2.call(Again(y)) + f(y);")]
    [InlineData("System.Func<Tensor, Tensor> f = z => Again(z); y = Bn2.call(Again(y)) + f(y);")]
    public void A_layer_that_is_handed_on_as_a_method_stays(string calls)
    {
        const string Forward = "public override Tensor forward";
        var source = Source.Replace("y = Bn2.call(Conv2.call(y));", calls, StringComparison.Ordinal);
        source = source.Insert(source.IndexOf(Forward, StringComparison.Ordinal), "private Tensor Again(Tensor x) => Conv2.call(x); ");
        using var model = new Trained(source);
        var (_, outputs, folded) = model.RunFolded();
        Assert.DoesNotContain(folded, name => name.EndsWith("bn2", StringComparison.Ordinal));
        AssertNear(model.Expected, outputs);
    }

    [Fact]
    public void A_layer_that_is_known_under_another_name_stays()
    {
        using var model = new Trained(Source.Replace("RegisterComponents();\n    }\n\n    public partial Module<Tensor, Tensor> Stem", "((Conv2d)Stem).weight = ((Conv2d)Stem).weight; RegisterComponents();\n    }\n\n    public partial Module<Tensor, Tensor> Stem", StringComparison.Ordinal));
        Assert.DoesNotContain("norm", model.RunFolded().Folded);
    }

    [Fact]
    public void Statistics_without_a_finite_scale_stay()
    {
        using var model = new Trained(Source, static (name, values) =>
        {
            if (name == "norm.running_var")
            {
                values[1] = -1f;
            }
        });
        Assert.Equal(All.Skip(1).Order(StringComparer.Ordinal), model.RunFolded(load: false).Folded);
    }

    [Fact]
    public void A_linear_layers_batch_norm_refuses_inputs_of_another_rank()
    {
        using var model = new Trained(Source.Replace("x = x.mean([2L, 3L]);", "x = x.flatten(2).transpose(1, 2);", StringComparison.Ordinal).Replace("BatchNorm1d(6)", "BatchNorm1d(16)", StringComparison.Ordinal));
        Assert.DoesNotContain("hidden_norm", model.RunFolded().Folded);     // 16 channels are not the 6 outputs

        using var square = new Trained(Source.Replace("x = x.mean([2L, 3L]);", "x = x.flatten(2).transpose(1, 2).narrow(1, 0, 6);", StringComparison.Ordinal));
        var refused = Assert.Throws<InvalidOperationException>(() => square.RunFolded());
        Assert.Contains("FoldBatchNorm=\"false\"", refused.Message, StringComparison.Ordinal);
    }

    private static void AssertNear(float[] expected, float[] actual)
    {
        var scale = expected.Max(MathF.Abs);
        Assert.True(scale > 0.01f);
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second, pair.First - (1e-5f * scale), pair.First + (1e-5f * scale)));
    }

    /// <summary>A model with weights and statistics as after a training, its outputs, and its checkpoint.</summary>
    private sealed class Trained : IDisposable
    {
        private readonly string folder = Directory.CreateTempSubdirectory("fold-").FullName;
        private readonly Assembly models;
        private readonly float[] inputs;

        public Trained(string source, Action<string, float[]>? change = null)
        {
            models = GeneratorRun.Of(source).Load();
            using var scope = TorchSharp.torch.NewDisposeScope();
            using var noGradients = TorchSharp.torch.no_grad();
            TorchSharp.torch.manual_seed(3);
            var net = (TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>)Activator.CreateInstance(models.GetType("Tests.Net")!)!;
            var random = new Random(5);
            foreach (var (name, tensor) in net.state_dict().Where(entry => entry.Value.dtype == TorchSharp.torch.float32))
            {
                var values = new float[tensor.numel()];
                var (low, high) = name.EndsWith("running_var", StringComparison.Ordinal) ? (0.2, 3.0) : name.EndsWith("running_mean", StringComparison.Ordinal) ? (-1.0, 1.0) : (-0.6, 0.7);
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = (float)(low + ((high - low) * random.NextDouble()));
                }

                change?.Invoke(name, values);
                tensor.copy_(TorchSharp.torch.tensor(values, tensor.shape));
            }

            net.eval();
            inputs = [.. Enumerable.Range(0, 2 * 3 * 8 * 8).Select(_ => (float)((2 * random.NextDouble()) - 1))];
            Expected = [.. net.call(TorchSharp.torch.tensor(inputs, [2, 3, 8, 8])).data<float>()];
            net.SaveSafetensors(Path.Combine(folder, "net.safetensors"));
        }

        public float[] Expected { get; }

        public (IReadOnlyList<string> Names, float[] Outputs, IEnumerable<string> Folded) RunFolded(bool load = true)
        {
            var plan = new BuildPlan
            {
                Version = 1,
                Checkpoint = Path.Combine(folder, "net.safetensors"),
                Output = Path.Combine(folder, "net.reparam.safetensors"),
                Model = "Tests.Net",
                Manifests = models.GetCustomAttributes<ReparamManifestAttribute>().ToDictionary(m => m.Module, m => ModuleManifest.Parse(m.Json)),
            };
            using var source = Checkpoint.Open(plan.Checkpoint);
            var checkpoint = BatchNormFolding.Apply(source, BatchNormFolds.Find(source, plan));
            var report = CheckpointCompressor.Compress(checkpoint, ManifestExpander.Expand(source, plan), plan.Output, new CompressionSettings());
            Assert.Equal(Checkpoint.ComputeHash(source), report.SourceHash);
            using var packed = Checkpoint.Open(plan.Output);
            var folded = FoldedBatchNorms.Read(packed).Keys;
            if (!load)
            {
                return (packed.Names, [], folded);
            }

            var twin = (Module<Tensor, Tensor>)Activator.CreateInstance(models.GetType("Tests.NetRuntime")!)!;
            CheckpointLoader.Load(twin, plan.Output);
            return (packed.Names, twin.Call(Torch.Tensor(inputs, [2, 3, 8, 8])).Span<float>().ToArray(), folded);
        }

        public void Dispose() => Directory.Delete(folder, recursive: true);
    }
}
