using Reparam.Training.LoRA;
using TorchSharp;
using TorchSharp.Modules;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.LoRA;

/// <summary>The invariants of the low-rank adapter and its variants, in float64 on every kind of layer.</summary>
public class LoRAPathTests
{
    public static TheoryData<string, LoraInit, bool, ConvLayout> Variants
    {
        get
        {
            var data = new TheoryData<string, LoraInit, bool, ConvLayout>();
            foreach (var layer in new[] { "linear", "conv1d", "conv2d", "grouped", "embedding" })
            {
                foreach (var init in new[] { LoraInit.Kaiming, LoraInit.Gaussian, LoraInit.PiSSA })
                {
                    data.Add(layer, init, false, ConvLayout.Peft);
                    data.Add(layer, init, true, ConvLayout.Peft);
                }
            }

            data.Add("conv2d", LoraInit.Kaiming, false, ConvLayout.Loralib);
            data.Add("grouped", LoraInit.Kaiming, true, ConvLayout.Loralib);
            data.Add("conv2d", LoraInit.PiSSA, false, ConvLayout.Loralib);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void The_start_leaves_the_function_as_it_was(string layer, LoraInit init, bool magnitude, ConvLayout layout)
    {
        var (shape, run, x, weight) = Make(layer);
        var options = new LoRAAttribute(2) { Init = init, Magnitude = magnitude, Layout = layout, Alpha = 5 };
        var (kept, a, b, m) = Attach(weight, shape, run, options);
        var y = LoRAPath.Forward(x, run.Run(x, kept), a, b, m, Base(kept, shape, run), training: true, options);
        Assert.InRange(Distance(y, run.Run(x, weight)), 0, init == LoraInit.PiSSA ? 1e-11 : 0);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Folding_gives_what_the_path_gave(string layer, LoraInit init, bool magnitude, ConvLayout layout)
    {
        var (shape, run, x, weight) = Make(layer);
        var options = new LoRAAttribute(2) { Init = init, Magnitude = magnitude, Layout = layout, Alpha = 5 };
        var (kept, a, b, m) = Moved(Attach(weight, shape, run, options));
        var y = LoRAPath.Forward(x, run.Run(x, kept), a, b, m, Base(kept, shape, run), training: false, options);
        Assert.InRange(Distance(run.Run(x, kept + LoRAPath.Delta(a, b, m, Base(kept, shape, run), options)), y), 0, 1e-10);
    }

    [Theory]
    [InlineData("linear", ConvLayout.Peft, 2)]
    [InlineData("conv2d", ConvLayout.Peft, 2)]
    [InlineData("embedding", ConvLayout.Peft, 2)]
    [InlineData("conv2d", ConvLayout.Loralib, 6)]
    public void The_delta_has_the_rank(string layer, ConvLayout layout, int rank)
    {
        var (shape, run, _, weight) = Make(layer);
        var options = new LoRAAttribute(2) { Layout = layout };
        var (kept, a, b, m) = Moved(Attach(weight, shape, run, options));
        var delta = LoRAPath.Delta(a, b, m, Base(kept, shape, run), options);

        // The loralib layout's low rank shows in its own matrix [out·k, in·k].
        var matrix = layout == ConvLayout.Loralib ? delta.reshape(weight.shape[0] * 3, -1) : delta.reshape(weight.shape[0], -1);
        var values = linalg.svdvals(matrix);
        Assert.True(values[rank - 1].item<double>() > 1e-8);
        Assert.True(values.shape[0] == rank || values[rank].item<double>() < 1e-10);
    }

    [Fact]
    public void A_linear_layers_delta_is_s_B_A()
    {
        var (shape, run, _, weight) = Make("linear");
        var options = new LoRAAttribute(2) { Alpha = 5 };
        var (kept, a, b, _) = Moved(Attach(weight, shape, run, options));
        Assert.Equal([2, weight.shape[1]], a.shape);
        Assert.Equal([weight.shape[0], 2], b.shape);
        Assert.InRange(Distance(LoRAPath.Delta(a, b, null, Base(kept, shape, run), options), b.mm(a) * 2.5), 0, 1e-14);
    }

    [Fact]
    public void A_convolutions_peft_path_is_a_convolution_followed_by_one_of_kernel_one()
    {
        var (shape, run, x, weight) = Make("conv2d");
        var options = new LoRAAttribute(2) { Alpha = 5 };
        var (kept, a, b, m) = Moved(Attach(weight, shape, run, options));
        var y = LoRAPath.Forward(x, run.Run(x, kept), a, b, m, Base(kept, shape, run), training: false, options);
        Assert.InRange(Distance(y, run.Run(x, weight) + (functional.conv2d(run.Run(x, a), b) * 2.5)), 0, 1e-10);
    }

    [Fact]
    public void A_convolutions_loralib_delta_is_a_reshaped_product()
    {
        var (shape, run, _, weight) = Make("grouped");
        var options = new LoRAAttribute(2) { Layout = ConvLayout.Loralib };
        var (kept, a, b, _) = Moved(Attach(weight, shape, run, options));
        Assert.Equal([2 * 3, 4 * 3], a.shape);
        Assert.Equal([6 / 2 * 3, 2 * 3], b.shape);
        Assert.InRange(Distance(LoRAPath.Delta(a, b, null, Base(kept, shape, run), options), b.mm(a).view(weight.shape)), 0, 1e-14);
    }

    [Fact]
    public void An_embeddings_factors_swap_roles()
    {
        var (shape, run, x, weight) = Make("embedding");
        var options = new LoRAAttribute(2);
        var (kept, a, b, _) = Attach(weight, shape, run, options);
        Assert.Equal(0, a.abs().max().item<double>());
        Assert.True(b.abs().max().item<double>() > 0);
        (kept, a, b, _) = Moved((kept, a, b, null));
        var y = LoRAPath.Forward(x, run.Run(x, kept), a, b, null, Base(kept, shape, run), training: false, options);
        Assert.InRange(Distance(y, run.Run(x, weight + b.mm(a).t())), 0, 1e-12);
    }

    [Fact]
    public void Gradients_are_the_closed_forms()
    {
        var (shape, run, x, weight) = Make("linear");
        var options = new LoRAAttribute(2) { Alpha = 5 };
        var (kept, a, b, _) = Moved(Attach(weight, shape, run, options));
        var g = randn(x.shape[0], weight.shape[0], dtype: ScalarType.Float64);
        (LoRAPath.Forward(x, run.Run(x, kept), a, b, null, Base(kept, shape, run), training: true, options) * g).sum().backward();
        using var noGrad = no_grad();
        Assert.InRange(Distance(a.grad!, b.t().mm(g.t()).mm(x) * 2.5), 0, 1e-10);
        Assert.InRange(Distance(b.grad!, g.t().mm(x.mm(a.t())) * 2.5), 0, 1e-10);
    }

    [Fact]
    public void The_rank_stabilised_scale_is_the_standard_one_times_the_root_of_the_rank()
    {
        foreach (var rank in new[] { 1, 3, 16 })
        {
            var standard = LoRAPath.Scale(new LoRAAttribute(rank) { Alpha = 7 });
            var stabilised = LoRAPath.Scale(new LoRAAttribute(rank) { Alpha = 7, Scale = LoraScale.RankStabilized });
            Assert.Equal(Math.Sqrt(rank), stabilised / standard, 1e-12);
        }

        Assert.Equal(1, LoRAPath.Scale(new LoRAAttribute(8)));
    }

    [Theory]
    [InlineData("linear")]
    [InlineData("conv2d")]
    [InlineData("embedding")]
    public void With_magnitude_the_merged_norms_are_the_magnitudes(string layer)
    {
        var (shape, run, _, weight) = Make(layer);
        var options = new LoRAAttribute(2) { Magnitude = true };
        var (kept, a, b, m) = Moved(Attach(weight, shape, run, options));
        var merged = kept + LoRAPath.Delta(a, b, m, Base(kept, shape, run), options);
        var others = Enumerable.Range(0, (int)weight.dim()).Where(d => d != shape.OutputDimension).Select(d => (long)d).ToArray();
        Assert.InRange(Distance(merged.square().sum(others).sqrt(), m!), 0, 1e-12);
    }

    [Fact]
    public void The_norm_takes_no_gradient_with_magnitude()
    {
        var (shape, run, _, weight) = Make("linear");
        var options = new LoRAAttribute(2) { Magnitude = true };
        var (kept, a, b, m) = Moved(Attach(weight, shape, run, options));
        LoRAPath.Delta(a, b, m, Base(kept, shape, run), options).sum().backward();
        using var noGrad = no_grad();
        var merged = kept + b.mm(a);
        var ratio = m! / merged.square().sum(1).sqrt();
        Assert.InRange(Distance(b.grad!, ratio.unsqueeze(1) * ones_like(kept).mm(a.t())), 0, 1e-10);
    }

    [Fact]
    public void Dropout_touches_the_path_alone_and_only_in_training()
    {
        manual_seed(2);
        var (shape, run, x, weight) = Make("linear");
        var options = new LoRAAttribute(2) { Dropout = 0.5 };
        var (kept, a, b, m) = Moved(Attach(weight, shape, run, options));
        var y = run.Run(x, kept);
        var evaluated = LoRAPath.Forward(x, y, a, b, m, Base(kept, shape, run), training: false, options);
        Assert.InRange(Distance(evaluated, y + run.Run(x, LoRAPath.Delta(a, b, m, Base(kept, shape, run), options))), 0, 1e-12);
        Assert.True(Distance(LoRAPath.Forward(x, y, a, b, m, Base(kept, shape, run), training: true, options), evaluated) > 1e-3);

        // With a path of zero the dropped inputs leave no trace: the layer's own path sees none of it.
        var silent = LoRAPath.Forward(x, y, a, zeros_like(b), m, Base(kept, shape, run), training: true, options);
        Assert.Equal(0, Distance(silent, y));
    }

    [Fact]
    public void PiSSA_takes_the_principal_directions_and_leaves_the_rest()
    {
        var (shape, run, _, weight) = Make("linear");
        var options = new LoRAAttribute(2) { Init = LoraInit.PiSSA, Alpha = 6 };
        var (kept, a, b, m) = Attach(weight, shape, run, options);
        var all = linalg.svdvals(weight);
        Assert.InRange(Distance(linalg.svdvals(kept)[..^2], all[2..]), 0, 1e-10);
        Assert.InRange(Distance(linalg.svdvals(LoRAPath.Delta(a, b, m, Base(kept, shape, run), options))[..2], all[..2]), 0, 1e-10);
    }

    [Theory]
    [InlineData("linear", 6)]
    [InlineData("conv2d", 7)]
    [InlineData("embedding", 6)]
    public void A_rank_above_the_layers_size_is_refused_by_name(string layer, int rank)
    {
        var (shape, run, _, weight) = Make(layer);
        var refused = Assert.Throws<ArgumentException>(() => Attach(weight, shape, run, new LoRAAttribute(rank)));
        Assert.StartsWith($"Test.Layer (LoRA): rank {rank} is not between 1 and {rank - 1}", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(Attach(weight, shape, run, new LoRAAttribute(rank - 1)).A);
    }

    [Fact]
    public void The_loralib_layout_is_refused_where_it_has_no_meaning()
    {
        var (shape, run, _, weight) = Make("conv1d");
        Assert.Throws<ArgumentException>(() => Attach(weight, shape, run, new LoRAAttribute(2) { Layout = ConvLayout.Loralib }));
    }

    private static DenseBase Base(Tensor weight, LayerShape shape, ILayerOperation run) => new(shape, weight, null, run);

    private static (Tensor Base, Parameter A, Parameter B, Parameter? M) Attach(Tensor weight, LayerShape shape, ILayerOperation run, LoRAAttribute options)
    {
        var (kept, a, b, m) = LoRAPath.Attach(Base(weight, shape, run), options);
        return (kept ?? weight, a, b, m);
    }

    // State as after some training.
    private static (Tensor Base, Parameter A, Parameter B, Parameter? M) Moved(
        (Tensor Base, Parameter A, Parameter B, Parameter? M) attached)
    {
        using var noGrad = no_grad();
        attached.A.add_(randn_like(attached.A) * 0.3);
        attached.B.add_(randn_like(attached.B) * 0.3);
        attached.M?.mul_(1.2);
        return attached;
    }

    private static (LayerShape Shape, ILayerOperation Run, Tensor X, Tensor Weight) Make(string layer)
    {
        manual_seed(7);
        var f64 = ScalarType.Float64;
        var (kind, weight, x, groups) = layer switch
        {
            "linear" => (LayerKinds.Linear, randn(5, 7, dtype: f64), randn(9, 7, dtype: f64), 1L),
            "conv1d" => (LayerKinds.Conv1d, randn(6, 4, 3, dtype: f64), randn(2, 4, 11, dtype: f64), 1L),
            "conv2d" => (LayerKinds.Conv2d, randn(6, 4, 3, 3, dtype: f64), randn(2, 4, 8, 7, dtype: f64), 1L),
            "grouped" => (LayerKinds.Conv2d, randn(6, 2, 3, 3, dtype: f64), randn(2, 4, 8, 7, dtype: f64), 2L),
            _ => (LayerKinds.Embedding, randn(9, 5, dtype: f64), tensor(new[,] { { 0L, 8, 3 }, { 3, 1, 1 } }), 1L),
        };
        return (new LayerShape("Test.Layer", kind, weight.shape, groups), new Operation(kind, groups), x, weight);
    }

    private sealed class Operation(LayerKinds kind, long groups) : ILayerOperation
    {
        public Tensor Run(Tensor x, Tensor weight) => kind switch
        {
            LayerKinds.Linear => functional.linear(x, weight),
            LayerKinds.Conv1d => functional.conv1d(x, weight, null, 1, 2, 2, groups),
            LayerKinds.Conv2d => functional.conv2d(x, weight, null, [2, 1], [1, 2], [1, 2], groups),
            _ => weight[x],
        };
    }
}
