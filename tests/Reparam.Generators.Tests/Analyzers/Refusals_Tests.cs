using Microsoft.CodeAnalysis;
using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Analyzers;

/// <summary>
/// After an error of declaration, a partial property without implementation for one, the compiler runs no analyzer. Where a class cannot
/// take part there must be none, or the generator must report the reason itself.
/// </summary>
public class Refusals_Tests
{
    private const string Property = "public partial Module<Tensor, Tensor> Query { get; private set; }";

    [Theory]
    [InlineData("[ReparamModule]", "")]
    [InlineData("[LoRA(2)] public partial Module<Tensor, Tensor>", "[LoRA(2)] public partial string")]
    [InlineData("[LoRA(2)] public partial", "[LoRA(2)] public static partial")]
    public void An_analyzer_has_its_say_and_CS9248_does_not(string from, string to)
    {
        var run = GeneratorRun.Of(Source(from, to));
        Assert.DoesNotContain(run.Output.GetDiagnostics(), d => d.Id == "CS9248");
        Assert.Contains(".Refused.g.cs", run.Files("Refused"), StringComparison.Ordinal);
        Assert.Empty(run.Result.Diagnostics);
    }

    [Theory]
    [InlineData("partial class Block", "class Block", "RP0001")]
    [InlineData("[ReparamModule]", "public class Outer { [ReparamModule]", "RP0002")]
    [InlineData("public partial class Block", "file partial class Block", "RP0002")]
    public void Where_no_part_can_be_written_the_generator_reports_once(string from, string to, string id)
    {
        var run = GeneratorRun.Of(Source(from, to).Replace(Property, Property + " [LoRA(2)] " + Property.Replace("Query", "Value")));
        var report = Assert.Single(run.Result.Diagnostics);
        Assert.Equal((id, DiagnosticSeverity.Error), (report.Id, report.Severity));
        Assert.Empty(run.Files("Refused"));
    }

    [Theory]
    [InlineData("class Block :", "class Block<T> :")]
    [InlineData("[ReparamModule]", "public partial class Outer { [ReparamModule]")]
    [InlineData("[ReparamModule]", "public partial class Outer<T> { [ReparamModule]")]
    [InlineData("[ReparamModule]", "public static partial class Outer { public partial record struct Inner { [ReparamModule]")]
    public void Nested_and_generic_classes_get_their_part(string from, string to)
    {
        var run = GeneratorRun.Of(Source(from, to)).AssertCompiles();
        Assert.Empty(run.Files("Refused"));
        Assert.Contains("Module<global::TorchSharp.torch.Tensor, global::TorchSharp.torch.Tensor> Query", run.Files("Components"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unmarked_class_that_is_not_partial_is_reported_at_its_attribute()
    {
        var run = GeneratorRun.Of(Source("[ReparamModule]", "").Replace("partial class", "class"));
        Assert.Equal("RP0003", Assert.Single(run.Result.Diagnostics).Id);
    }

    [Fact]
    public void What_is_implemented_or_not_ours_is_left_alone()
    {
        var run = GeneratorRun.Of(Source("", "") + "public partial class Other { public partial int Count { get; } public partial int Count => 1; }");
        run.AssertCompiles();
        Assert.Empty(run.Files("Refused"));
    }

    private static string Source(string from, string to)
    {
        var source = $$"""
            using Reparam;
            using TorchSharp;
            using static TorchSharp.torch;
            using static TorchSharp.torch.nn;

            [ReparamModule]
            public partial class Block : Module<Tensor, Tensor>
            {
                public Block() : base("Block") { }

                [LoRA(2)] {{Property}}

                public override Tensor forward(Tensor x) => x;
            }

            """;
        return from.Length == 0 ? source : source.Replace(from, to) + new string('}', to.Count(c => c == '{'));
    }
}
