using Reparam.Generators.Common;

namespace Reparam.Generators.Tests.Harness;

public class HarnessTests
{
    private const string Source = """
        namespace Tests;

        [ReparamModule]
        public partial class Block : Module<Tensor, Tensor>
        {
            public Block() : base(nameof(Block)) => RegisterComponents();

            public override Tensor forward(Tensor x) => x + 1;
        }
        """;

    [Fact]
    public void A_compiled_class_runs_on_libtorch()
    {
        var block = (TorchSharp.torch.nn.Module<TorchSharp.torch.Tensor, TorchSharp.torch.Tensor>)Activator.CreateInstance(
            GeneratorRun.Of(Source).Load().GetType("Tests.Block")!)!;
        using var x = TorchSharp.torch.zeros(2);
        using var y = block.call(x);
        Assert.Equal(2f, y.sum().item<float>());
    }

    [Fact]
    public void A_broken_source_is_reported() =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => GeneratorRun.Of(Source.Replace("x + 1", "y")).AssertCompiles());

    [Fact]
    public void A_model_that_holds_a_symbol_is_found() =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => ModelGraph.AssertHoldsNoCompilerObjects(new { Bad = TestCompilation.Create([Source]) }));

    [Theory]
    [InlineData("first\nsecond\n", "first\nother\n")]
    [InlineData("first\n", "first\nsecond\n")]
    [InlineData("first\n", "first")]
    public void A_snapshot_that_differs_fails(string stored, string now)
    {
        Snapshots.Compare(stored, stored, "same");
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => Snapshots.Compare(stored, now, "different"));
    }
}
