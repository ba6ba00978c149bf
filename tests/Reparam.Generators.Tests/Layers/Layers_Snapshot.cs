using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Layers;

/// <summary>What is emitted, as text that a reader can judge; all of it compiles.</summary>
public class Layers_Snapshot
{
    [Theory]
    [InlineData("Linear", "[Compand, SigmaReparam, LoRA(4, Alpha = 8, Init = LoraInit.PiSSA), ShiftAdd(3, GroupSize = 64)]", "Linear(8, 8)")]
    [InlineData("Conv2d", "[SigmaReparam(GammaInit = GammaInit.Unit)]", "Conv2d(3, 8, 3)")]
    [InlineData("Embedding", "[Compand(A = 0.5f)]", "Embedding(8, 8)")]
    [InlineData("TwoKinds", "[Compand]", "width > 3 ? Linear(8, 8) : Conv1d(8, 8, 3)")]
    public void One_layer(string name, string attributes, string factory) => Match(name, $$"""
        namespace Tests;

        [ReparamModule]
        public partial class Block : Module<Tensor, Tensor>
        {
            {{attributes}} public partial Module<Tensor, Tensor> Query { get; private set; }
            public Block(int width) : base(nameof(Block)) { Query = {{factory}}; RegisterComponents(); }
            public override Tensor forward(Tensor x) => Query.call(x);
        }
        """);

    [Fact]
    public void A_bit_of_everything() => Match("Everything", """
        [assembly: ShiftAdd(4)]

        namespace Tests;

        [ReparamModule]
        public partial class Block : Module<Tensor, Tensor>
        {
            [SigmaReparam] public partial ModuleList<Module<Tensor, Tensor>> Heads { get; private set; }
            public partial Linear Norm { get; private set; }
            [TorchSharp.Utils.ComponentName(Name = "scale_factor")] public partial Parameter Gain { get; private set; }
            private readonly Linear extra = Linear(4, 4);

            public Block() : base(nameof(Block))
            {
                Heads = ModuleList<Module<Tensor, Tensor>>(Linear(4, 4), Linear(4, 4));
                Norm = Linear(4, 4);
                Gain = Parameter(ones(4));
                RegisterComponents();
            }

            public override Tensor forward(Tensor x) => extra.call(Norm.call(Heads[1].call(Heads[0].call(x)))) * Gain;
        }

        [ReparamModel, Compand(Targets = "Head|Body"), ShiftAdd(3, Targets = "Head")]
        public partial class Model : Module<Tensor, Tensor>
        {
            public partial ModuleList<Block> Blocks { get; private set; }
            public partial Module<Tensor, Tensor> Head { get; private set; }
            [Compand(A = 2f), LoRA(2, Deferred = true)] public partial Module<Tensor, Tensor> Body { get; private set; }
            [ShiftAdd(2, Ignore = true)] protected internal virtual partial Module<Tensor, Tensor> Tail { get; set; }

            public Model() : base(nameof(Model))
            {
                Blocks = ModuleList(new Block(), new Block());
                Head = Linear(4, 4);
                Body = Linear(4, 4);
                Tail = Linear(4, 4);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                foreach (var block in Blocks)
                {
                    x = block.call(x);
                }

                return Tail.call(Body.call(Head.call(x)));
            }
        }
        """);

    [Fact]
    public void A_users_own_methods_whose_states_share_a_name() => Match("OwnMethods", """
        namespace Tests;

        [ReparamMethod("Tests.HalfMap", Source = "a & b")]
        public sealed class HalfAttribute(string note, params double[] factors) : WeightMapAttribute { public string Note { get; } = note; public double[] Factors { get; } = factors; }

        public static class HalfMap
        {
            public static (Tensor Latent, Parameter Scale, Tensor? Bias) Attach(Tensor weight) => (weight * 2, new Parameter(torch.tensor(0.5f)), null);
            public static Tensor Map(Tensor latent, Tensor scale, Tensor? bias) => latent * scale;
        }

        [ReparamMethod("Tests.OtherMap")]
        public sealed class OtherAttribute : WeightMapAttribute;

        public static class OtherMap
        {
            public static (Tensor Latent, Parameter Scale) Attach(Tensor weight) => (weight, new Parameter(torch.tensor(1f)));
            public static Tensor Map(Tensor latent, Tensor scale) => latent * scale;
        }

        [ReparamMethod("Tests.ClampRule")]
        public sealed class ClampAttribute : StepRuleAttribute;

        public static class ClampRule
        {
            public static void AfterStep(Parameter latent, Reparam.Training.LayerShape shape) => latent.clamp_(-shape.Rows, shape.Rows);
        }

        [ReparamModule]
        public partial class Block : Module<Tensor, Tensor>
        {
            [Half("say \"hi\"\n", 1.5, 2), Other, Clamp] public partial Module<Tensor, Tensor> Query { get; private set; }
            public Block() : base(nameof(Block)) { Query = Linear(4, 4); RegisterComponents(); }
            public override Tensor forward(Tensor x) => Query.call(x);
        }
        """);

    private static void Match(string name, string source)
    {
        var run = GeneratorRun.Of(source).AssertCompiles();
        Snapshots.Match(string.Concat(run.Files("ReparamLayers."), run.Files(".Components."), run.Files(".Manifest.")), $"Layers_{name}.txt");
    }
}
