using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Custom.Other
{
    /// <summary>A map of another library that has the short name of <see cref="Custom.TanhAttribute"/>: w = s·v, s a buffer.</summary>
    [ReparamMethod("Reparam.Training.Tests.Custom.Other.TanhMap")]
    public sealed class TanhAttribute(double size) : WeightMapAttribute
    {
        public double Size { get; } = size;
    }

    public static class TanhMap
    {
        public static (Tensor Latent, Tensor Scale) Attach(Tensor weight, TanhAttribute options) => (weight / options.Size, full_like(weight[0], options.Size));

        public static Tensor Map(Tensor latent, Tensor scale) => latent * scale;
    }
}

namespace Reparam.Training.Tests.Custom
{
    [ReparamModule]
    public sealed partial class TwoTanhNet : Module<Tensor, Tensor>
    {
        public TwoTanhNet()
            : base(nameof(TwoTanhNet))
        {
            Ours = Linear(6, 8);
            Theirs = Linear(8, 8);
            Both = Linear(8, 3);
            RegisterComponents();
        }

        [Tanh]
        public partial Module<Tensor, Tensor> Ours { get; private set; }

        [Other.Tanh(4)]
        public partial Module<Tensor, Tensor> Theirs { get; private set; }

        [Tanh, Other.Tanh(2)]
        public partial Module<Tensor, Tensor> Both { get; private set; }

        public override Tensor forward(Tensor x) => Both.call(Theirs.call(Ours.call(x)));
    }

    /// <summary>Two methods of one short name, from two namespaces.</summary>
    public class TwoTanhTests
    {
        [Fact]
        public void They_work_on_different_layers_and_on_one()
        {
            var net = new TwoTanhNet();
            Assert.Equal(
                [
                    "both.reparam.reparam_training_tests_custom_other_tanh.scale", "both.reparam.reparam_training_tests_custom_tanh.scale",
                    "ours.reparam.tanh.scale", "theirs.reparam.tanh.scale",
                ],
                net.state_dict().Keys.Where(k => k.Contains("reparam", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            using var x = randn(4, 6);
            using var before = net.call(x);
            net.Fold();
            Assert.InRange(Models.Testing.Distance(net.call(x), before), 0, 1e-5);
        }
    }
}
