using Reparam.Training.AdaLoRA;
using TorchSharp;
using static Reparam.Training.Tests.Models.Testing;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.AdaLoRA;

/// <summary>Scores, budget, masks and regularizer, in float64 against loops and against numbers that a program in another language gave.</summary>
public class AdaLoRARuleTests
{
    private static readonly string[] Factors = ["a", "e", "b"];

    [Fact]
    public void The_budget_falls_by_the_cube_and_ends_at_the_target()
    {
        var schedule = new BudgetSchedule(24, 16, new AdaLoRAAttribute(12, 8) { TotalSteps = 50, TInit = 5, TFinal = 10, DeltaT = 4 });
        long[] golden = [24, 24, 24, 24, 24, 23, 22, 22, 21, 21, 20, 20, 19, 19, 18, 18, 18, 17, 17, 17, 17, 17, .. Enumerable.Repeat(16L, 28)];
        Assert.Equal(golden, Enumerable.Range(1, 50).Select(t => schedule.Budget(t)));
        Assert.Equal(Enumerable.Range(1, 50).Where(t => t > 5 && (t > 40 || t % 4 == 0)), Enumerable.Range(1, 50).Where(t => schedule.Chooses(t)));
        Assert.Equal(Enumerable.Range(1, 39), Enumerable.Range(1, 50).Where(t => schedule.Scores(t)));
    }

    [Fact]
    public void A_target_that_is_the_start_drops_nothing()
    {
        var schedule = new BudgetSchedule(8, 8, new AdaLoRAAttribute(4, 4) { TotalSteps = 9 });
        Assert.All(Enumerable.Range(1, 20), t => Assert.Equal(8, schedule.Budget(t)));
    }

    [Fact]
    public void Scores_and_regularizer_are_the_golden_numbers()
    {
        var net = new GoldenNet();
        net.to(ScalarType.Float64);
        net.PrepareReparam();
        var layer = Rule(net).Layers[0];
        double[][] values = [[0.5, -0.2, 0.3, 0.1, 0.4, -0.6], [0.7, -0.1], [0.3, 0.2, 0.1, -0.4, 0.25, 0.6, -0.5, 0.15]];
        double[][][] gradients =
        [
            [[0.1, 0.2, -0.3, 0.05, 0.02, 0.4], [0.4, -0.2], [0.2, -0.1, 0.05, 0.3, 0.15, -0.25, 0.4, 0.1]],
            [[0.05, -0.1, 0.2, 0.15, 0.3, -0.2], [0.3, 0.5], [-0.1, 0.4, 0.2, 0.05, 0.1, 0.6, -0.3, 0.2]],
        ];
        double[][] golden = [[0.0017924806640625002, 0.00055483378125], [0.004116229374023439, 0.0019770587404687504]];
        for (var step = 0; step < 2; step++)
        {
            foreach (var parameter in Factors.Select(layer.Parameter))
            {
                parameter.grad?.zero_();
            }

            for (var f = 0; f < 3; f++)
            {
                var parameter = layer.Parameter(Factors[f]);
                using (no_grad())
                {
                    parameter.copy_(tensor(values[f]).reshape(parameter.shape));
                }

                (parameter * tensor(gradients[step][f]).reshape(parameter.shape)).sum().backward();
            }

            net.AfterOptimizerStep();
            Assert.InRange(Distance(ImportanceScores.Of(layer), tensor(golden[step])), 0, 1e-15);
        }

        Assert.Equal(0.07829594568396575, net.AddReparamLoss(tensor(0.0)).item<double>(), 1e-14);
    }

    [Fact]
    public void The_regularizer_is_zero_and_has_a_gradient_at_orthonormal_factors()
    {
        var net = new GoldenNet();
        net.to(ScalarType.Float64);
        net.PrepareReparam();
        var layer = Rule(net).Layers[0];
        using (no_grad())
        {
            layer.Parameter("a").copy_(eye(2, 3, ScalarType.Float64));
            layer.Parameter("b").copy_(eye(4, 2, ScalarType.Float64));
        }

        var loss = net.AddReparamLoss(tensor(0.0));
        Assert.Equal(0, loss.item<double>());
        loss.backward();
        Assert.Equal(0, layer.Parameter("a").grad!.abs().max().item<double>());

        // A step of ε off: ‖AAᵀ − I‖ has slope 2 in the first entry.
        using (no_grad())
        {
            layer.Parameter("a")[0, 0] = 1 + 1e-7;
        }

        var off = net.AddReparamLoss(tensor(0.0));
        Assert.Equal(0.05 * 2e-7, off.item<double>(), 1e-12);
        off.backward();
        Assert.Equal(0.05 * 2, layer.Parameter("a").grad![0, 0].item<double>(), 1e-5);
    }

    [Fact]
    public void A_training_run_follows_the_reference_and_keeps_its_budget()
    {
        var (net, x, target) = Make(1);
        var reference = new AllocatorReference([(4, 6, 8), (4, 8, 5)]);
        using var optimizer = optim.AdamW(net.ReparamParameterGroups(0, 0.05).ForAdamW());
        var schedule = new BudgetSchedule(8, 4, new AdaLoRAAttribute(4, 2) { TotalSteps = 24, TInit = 3, TFinal = 6, DeltaT = 2 });
        var revived = 0;
        double[] frozen = [];
        for (var step = 1; step <= 24; step++)
        {
            Backward(net, optimizer, x, target);
            optimizer.step();
            var layers = Rule(net).Layers;
            var parameters = layers.SelectMany(l => Factors.Select(f => Values(l.Parameter(f)))).ToArray();
            if (schedule.Scores(step))
            {
                reference.See(parameters, [.. layers.SelectMany(l => Factors.Select(f => Values(l.Parameter(f).grad!)))], 0.85, 0.85);
            }

            net.AfterOptimizerStep();
            for (var l = 0; l < 2; l++)
            {
                for (var f = 0; f < 3; f++)
                {
                    AssertEqual(reference.Sensitivity(l, f), Values(layers[l].State["sensitivity_" + Factors[f]]));
                    AssertEqual(reference.Uncertainty(l, f), Values(layers[l].State["uncertainty_" + Factors[f]]));
                    Assert.True(f == 1 || parameters[(3 * l) + f].SequenceEqual(Values(layers[l].Parameter(Factors[f]))), "a mask touched A or B");
                }
            }

            var before = parameters[1].Concat(parameters[4]).ToArray();
            var dropped = schedule.Chooses(step) ? reference.Dropped((int)schedule.Budget(step)) : new bool[8];
            double[] after = [.. Values(layers[0].Parameter("e")), .. Values(layers[1].Parameter("e"))];
            Assert.Equal(before.Zip(dropped, (e, isDropped) => isDropped ? 0 : e), after);
            if (schedule.Chooses(step))
            {
                Assert.Equal(schedule.Budget(step), after.Count(e => e != 0));
            }
            else
            {
                revived = Math.Max(revived, after.Count(e => e != 0));
            }

            double[] now = [.. layers.SelectMany(l => Values(ImportanceScores.Of(l)))];
            Assert.True(step <= 18 || frozen.SequenceEqual(now), "scores moved in the last phase");
            frozen = now;
        }

        Assert.Equal(8, revived);
        Assert.Equal(4, net.AdaLoRARanks().Sum(r => r.Rank));
        Assert.Equal(24, net.state_dict()["reparam.step"].item<long>());
    }

    [Fact]
    public void Equal_scores_never_take_more_than_the_budget_asks_for()
    {
        var (net, _, _) = Make(2);
        net.PrepareReparam();
        foreach (var layer in Rule(net).Layers)
        {
            using (no_grad())
            {
                layer.Parameter("e").fill_(1);
            }
        }

        // In the last phase nothing is scored, so all scores are zero.
        using (no_grad())
        {
            net.state_dict()["reparam.step"].fill_(20);
        }

        net.AfterOptimizerStep();
        Assert.Equal([("first", 4, 4), ("second", 4, 0)], net.AdaLoRARanks().Select(r => (r.Path, r.InitRank, r.Rank)));
    }

    [Fact]
    public void Permuting_the_ranks_of_a_layer_permutes_their_scores()
    {
        long[] order = [2, 0, 3, 1];
        var (net, x, target) = Make(3);
        var (other, _, _) = Make(3);
        net.PrepareReparam();
        other.PrepareReparam();
        using (no_grad())
        {
            foreach (var (from, to) in Rule(net).Layers.Zip(Rule(other).Layers))
            {
                from.Parameter("e").copy_(randn(4, 1, dtype: ScalarType.Float64));
                to.Parameter("a").copy_(from.Parameter("a").index_select(0, tensor(order)));
                to.Parameter("e").copy_(from.Parameter("e").index_select(0, tensor(order)));
                to.Parameter("b").copy_(from.Parameter("b").index_select(1, tensor(order)));
            }
        }

        foreach (var each in new[] { net, other })
        {
            each.AddReparamLoss(functional.mse_loss(each.call(x), target)).backward();
            each.AfterOptimizerStep();
        }

        Assert.All(Rule(net).Layers.Zip(Rule(other).Layers), pair => Assert.InRange(
            Distance(ImportanceScores.Of(pair.First).index_select(0, tensor(order)), ImportanceScores.Of(pair.Second)), 0, 1e-14));
    }

    [Fact]
    public void A_call_after_the_gradients_are_gone_is_an_error()
    {
        var (net, x, target) = Make(4);
        using var optimizer = optim.AdamW(net.ReparamParameterGroups(0, 0.05).ForAdamW());
        Backward(net, optimizer, x, target);
        optimizer.step();
        optimizer.zero_grad();
        Assert.Contains("zero_grad() after it", Assert.Throws<InvalidOperationException>(net.AfterOptimizerStep).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Schedules_that_cannot_be_are_refused_by_name()
    {
        Assert.Contains("only (AdaLoRA): TotalSteps is 10, expected more than TInit + TFinal = 10", Assert.Throws<ArgumentException>(() => new EndlessNet().PrepareReparam()).Message, StringComparison.Ordinal);
        Assert.Contains("other (AdaLoRA) has another schedule", Assert.Throws<ArgumentException>(() => new RefusedNet().PrepareReparam()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranks_go_to_the_layer_that_needs_them()
    {
        manual_seed(11);
        var (needy, even) = (new NeedyNet(), new EvenNet());
        using var x = randn(256, 10);
        using var target = Target(needy, even, x);
        var adaptive = Train(needy, x, target, 400);
        var uniform = Train(even, x, target, 400);
        var ranks = needy.AdaLoRARanks();
        Assert.Equal(4, ranks.Sum(r => r.Rank));
        Assert.True(ranks[1].Rank > ranks[0].Rank, $"{ranks[0].Rank} and {ranks[1].Rank}");
        Assert.True(adaptive <= uniform, $"{adaptive} against {uniform}");
    }

    internal static AdaLoRARule Rule(Module net) => (AdaLoRARule)RootState.Find(net)!.Rules["adalora"];

    internal static (AdaNet Net, Tensor X, Tensor Target) Make(int seed)
    {
        manual_seed(seed);
        var net = new AdaNet();
        net.to(ScalarType.Float64);
        return (net, randn(32, 6, dtype: ScalarType.Float64), randn(32, 5, dtype: ScalarType.Float64));
    }

    internal static void Backward(Module<Tensor, Tensor> net, optim.Optimizer optimizer, Tensor x, Tensor target)
    {
        optimizer.zero_grad();
        net.AddReparamLoss(functional.mse_loss(net.call(x), target)).backward();
    }

    // Both models get the same weights; the teacher's second layer differs from theirs by a matrix of rank 4.
    private static Tensor Target(NeedyNet needy, EvenNet even, Tensor x)
    {
        using var noGrad = no_grad();
        var (first, second) = (randn(10, 10) * 0.4, randn(10, 10) * 0.4);
        foreach (var (layer, weight) in new[] { (needy.First, first), (needy.Second, second), (even.First, first), (even.Second, second) })
        {
            WithWeight(layer, weight);
        }

        return functional.linear(functional.linear(x, first).tanh(), second + randn(10, 4).mm(randn(4, 10) * 0.3));
    }

    private static double Train(Module<Tensor, Tensor> net, Tensor x, Tensor target, int steps)
    {
        net.train();
        using var optimizer = optim.AdamW(net.ReparamParameterGroups(0, 0.02).ForAdamW());
        for (var i = 0; i < steps; i++)
        {
            using var scope = NewDisposeScope();
            Backward(net, optimizer, x, target);
            optimizer.step();
            net.AfterOptimizerStep();
        }

        using var noGrad = no_grad();
        return functional.mse_loss(net.call(x), target).item<float>();
    }

    private static double[] Values(Tensor tensor) => tensor.detach().contiguous().data<double>().ToArray();

    private static void AssertEqual(double[] expected, double[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        Assert.All(expected.Zip(found), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, 1e-15 + (1e-12 * Math.Abs(pair.First))));
    }
}
