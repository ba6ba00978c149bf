using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Analyzers;

public class TrainingLoops_Diagnostics
{
    private const string Method = """
        [ReparamMethod("Tests.HalfRule")] public sealed class HalfAttribute : ModelRuleAttribute;
        public class HalfRule : Reparam.Training.ModelRule { protected override Tensor? Loss() => null; protected override void AfterBackward(long step) { } }
        """;

    [Theory]
    [InlineData("Compand", "RP0040 'optimizer.step()'")]
    [InlineData("Half", "RP0040 'loss.backward()'", "RP0040 'loss.backward()'", "RP0040 'optimizer.step()'")]
    [InlineData("LoRA(2)")]
    [InlineData("ShiftAdd(2)")]
    public void RP0040_names_the_calls_that_the_models_methods_need(string attribute, params string[] reports) =>
        Assert.Equal(reports, AnalyzerRun.Reports(Source(attribute, "loss.backward(); optimizer.step();")));

    [Fact]
    public void RP0040_says_what_and_where() => Assert.Equal(
        ["[Compand] in the model 'model' needs model.AfterOptimizerStep(), right after the optimizer's step and before the gradients are cleared; this file never calls it"],
        AnalyzerRun.Messages(Source("Compand", "loss.backward(); optimizer.step();")));

    [Theory]
    [InlineData("loss.backward(); optimizer.step(); model.AfterOptimizerStep();", "")]
    [InlineData("loss.backward(); optimizer.step(); Step(model);", "private static void Step(Net net) => net.AfterOptimizerStep();")]
    [InlineData("loss.backward();", "")]
    [InlineData("optimizer.step();", "")]
    [InlineData("loss.backward(); schedule.step();", "")]
    public void RP0040_is_silent_where_the_file_calls_or_nothing_is_trained(string body, string members) => Assert.Empty(AnalyzerRun.Reports(Source("Compand", body, members)));

    private static string Source(string attribute, string body, string members = "") => $$"""
        using Reparam.Training;
        namespace Tests;
        [ReparamModule] public partial class Block : Module<Tensor, Tensor>
        {
            public Block() : base(nameof(Block)) { Query = Linear(8, 8); RegisterComponents(); }
            [{{attribute}}] public partial Module<Tensor, Tensor> Query { get; private set; }
            public override Tensor forward(Tensor x) => Query.call(x);
        }
        [ReparamModel] public partial class Net : Module<Tensor, Tensor>
        {
            public Net() : base(nameof(Net)) { Blocks = [new Block()]; RegisterComponents(); }
            public partial ModuleList<Block> Blocks { get; private set; }
            public override Tensor forward(Tensor x) => Blocks[0].call(x);
        }
        public sealed class Schedule { public void step() { } }
        public static class Trainer
        {
            public static void Run(Net model, torch.optim.Optimizer optimizer, Tensor x, Schedule schedule) { var loss = model.call(x).sum(); {{body}} }
            {{members}}
        }

        """ + Method;
}
