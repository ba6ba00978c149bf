using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Flow;
using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Flow;

public class Feeds_Diagnostics
{
    [Fact]
    public void A_name_that_is_no_component_is_RP0301() =>
        Assert.Equal("RP0301: [Feeds] names 'Secnd', but 'Net' has no module property or field of this name", Report("[Feeds(\"Secnd\")]", "foreach (var i in new[] { 1, 2 }) { x = Second.call(First.call(x)); } return x;"));

    [Theory]
    [InlineData("nameof(Third)", "return Third.call(Second.call(First.call(x)));", "'third', but in forward it goes to 'second'")]
    [InlineData("nameof(Second)", "var y = First.call(x); return Second.call(y) + Third.call(y);", "'second', but in forward it goes to 'second', 'third'")]
    [InlineData("nameof(Second)", "var y = First.call(x); return Second.call(y) + y;", "'second', but in forward it goes to 'second', 'other operations'")]
    [InlineData("nameof(Second)", "return First.call(x);", "'second', but in forward it goes to 'the caller'")]
    [InlineData("", "return Second.call(First.call(x));", "nothing, but in forward it goes to 'second'")]
    public void A_flow_that_is_seen_to_be_another_is_RP0302(string stated, string body, string expected) =>
        Assert.Equal($"RP0302: [Feeds] says that the output of 'First' goes to {expected}", Report($"[Feeds({stated})]", body));

    [Theory]
    [InlineData("return Second.call(First.call(x));")]
    [InlineData("foreach (var i in new[] { 1, 2 }) { x = Second.call(First.call(x)); } return x;")]
    [InlineData("var y = First.call(x); if (x.shape[0] > 1) { y = Second.call(y); } return y;")]
    public void What_is_seen_or_cannot_be_seen_is_no_contradiction(string body) => Assert.Equal("", Report("[Feeds(nameof(Second))]", body));

    private static string Report(string attribute, string body)
    {
        var source = $$"""
            namespace Tests;

            [ReparamModule]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                public Net() : base("net")
                {
                    First = Linear(4, 4);
                    Second = Linear(4, 4);
                    Third = Linear(4, 4);
                    RegisterComponents();
                }

                {{attribute}} public partial Module<Tensor, Tensor> First { get; private set; }

                public partial Module<Tensor, Tensor> Second { get; private set; }

                public partial Module<Tensor, Tensor> Third { get; private set; }

                public override Tensor forward(Tensor x)
                {
                    {{body}}
                }
            }
            """;
        var compilation = GeneratorRun.Of(source).AssertCompiles().Output;
        var reports = compilation.WithAnalyzers([new FeedsAnalyzer()]).GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        return string.Join("\n", reports.Select(r => $"{r.Id}: {r.GetMessage()}"));
    }
}
