using Microsoft.CodeAnalysis;
using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Twins;

public class TwinDiagnosticsTests
{
    [Fact]
    public void A_symbol_without_counterpart_is_an_error_at_its_token() =>
        Assert.Equal(["RP0201 error 'to_sparse'"], TwinAnalysis.Reports(Module("public override Tensor forward(Tensor x) => x.to_sparse() + 1;")));

    [Fact]
    public void A_conversion_without_counterpart_is_an_error_at_its_expression() =>
        Assert.Equal(["RP0201 error '(1f, 2f)'"], TwinAnalysis.Reports(Module("public override Tensor forward(Tensor x) { Tensor y = (1f, 2f); return x; }")));

    [Fact]
    public void The_argument_that_does_not_fit_is_named_with_the_nearest_overload()
    {
        var source = Module("public override Tensor forward(Tensor x) => torch.searchsorted(x, x, sorter: x.@long());");
        Assert.Equal(["RP0201 error 'searchsorted'"], TwinAnalysis.Reports(source));
        Assert.Contains(
            TwinAnalysis.Diagnostics(GeneratorRun.Of(source).Output),
            d => d.GetMessage().Contains("has no counterpart in Reparam.Runtime that takes this 'sorter' (the nearest is 'Searchsorted(", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("zeros(8, names: null)", "Zeros(8)")]
    [InlineData("zeros(names: null, size: 8)", "Zeros(size: 8)")]
    [InlineData("zeros(8, dtype: null, device: null, requires_grad: false, names: null)", "Zeros(8, dtype: null, device: null, requires_grad: false)")]
    public void An_argument_that_says_the_default_needs_no_parameter(string call, string expected)
    {
        var run = GeneratorRun.Of(Module($"public override Tensor forward(Tensor x) => x + {call};")).AssertCompiles();
        Assert.Contains(expected, run.File("Tests.Block.Twin.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_type_without_counterpart_is_an_error_where_it_is_named() =>
        Assert.Equal(["RP0201 error 'torch.nn.utils.rnn.PackedSequence'"], TwinAnalysis.Reports(Module("private torch.nn.utils.rnn.PackedSequence? noise; public override Tensor forward(Tensor x) => x;")));

    [Fact]
    public void What_only_training_uses_is_a_warning() =>
        Assert.Equal(
            ["RP0201 warning 'upsample_nearest1d_backward'"],
            TwinAnalysis.Reports(Module("public override Tensor forward(Tensor x) => x; public Tensor Loss(Tensor x, Tensor y) => functional.upsample_nearest1d_backward(forward(x), 4, 2, null);")));

    [Fact]
    public void A_helper_that_forward_reaches_is_an_error() =>
        Assert.Equal(
            ["RP0201 error 'to_sparse'"],
            TwinAnalysis.Reports(Module("public override Tensor forward(Tensor x) => First(x); private Tensor First(Tensor x) => Second(x); private static Tensor Second(Tensor x) => x.to_sparse();")));

    [Fact]
    public void The_body_that_cannot_be_translated_throws_and_the_rest_compiles()
    {
        var run = GeneratorRun.Of(Module("public override Tensor forward(Tensor x) => x; public Tensor Loss(Tensor x) { return x.to_sparse(); }")).AssertCompiles();
        var text = run.File("Tests.Block.Twin.g.cs");
        Assert.Contains("throw new global::System.NotSupportedException(\"Block: 'TorchSharp.torch.Tensor.to_sparse()' has no counterpart in Reparam.Runtime", text, StringComparison.Ordinal);
        Assert.Contains("Forward(global::Reparam.Runtime.Tensor x) => x;", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("functional.relu_(x)", "CS0117")]
    [InlineData("functional.relu(x, 1, 2)", "CS1501")]
    [InlineData("x.no_such_operation()", "CS1061")]
    public void What_TorchSharp_does_not_have_is_the_compilers_error_at_the_users_code_alone(string code, string error)
    {
        var run = GeneratorRun.Of(Module($"public override Tensor forward(Tensor x) {{ var y = {code}; return {code}; }}"));
        Assert.Empty(TwinAnalysis.Reports(run));
        var errors = run.Output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).ToArray();
        Assert.Equal([error, error], errors.Select(e => e.Id));
        Assert.DoesNotContain(errors, e => e.Location.SourceTree!.FilePath.EndsWith(".g.cs", StringComparison.Ordinal));
    }

    [Fact]
    public void A_helper_of_another_library_is_named_with_its_library()
    {
        const string Helpers = "namespace Other; public static class Helpers { public static Tensor Twice(Tensor x) => x + x; public static Tensor Thrice(this Tensor x) => x + x + x; }";
        var library = GeneratorRun.Of(TestCompilation.Create([Helpers], "Library")).ToReference();
        var run = GeneratorRun.Of(TestCompilation.Create(
            ["using Other;" + Module("public override Tensor forward(Tensor x) => Helpers.Twice(x) + x.Thrice();")], "App", library)).AssertCompiles();
        Assert.Equal(["RP0206 error 'Twice'", "RP0206 error 'Thrice'"], TwinAnalysis.Reports(run));
        Assert.Contains("library 'Library' has no run-time form", TwinAnalysis.Diagnostics(run.Output)[0].GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_helper_that_only_training_uses_is_told_nothing()
    {
        string[] sources =
        [
            Module("public override Tensor forward(Tensor x) => x; public Tensor Loss(Tensor x) => Losses.Of(x);"),
            "namespace Tests; public static class Losses { public static Tensor Of(Tensor x) => x.to_sparse(); public static void Fit(torch.optim.Optimizer o) => o.step(); }",
        ];
        Assert.Empty(TwinAnalysis.Reports(sources));
        var text = GeneratorRun.Of(sources).AssertCompiles().File("Tests.Losses.Twin.g.cs");
        Assert.Contains("NotSupportedException", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Fit", text, StringComparison.Ordinal);
    }

    [Fact]
    public void An_interface_of_another_library_is_left_out_with_a_warning()
    {
        var library = GeneratorRun.Of(TestCompilation.Create(["namespace Tests; public interface IScorer { Tensor Score(Tensor x) => x; }"], "Library")).ToReference();
        var source = Module("public override Tensor forward(Tensor x) => x;").Replace("Module<Tensor, Tensor>", "Module<Tensor, Tensor>, IScorer, IDisposable", StringComparison.Ordinal);
        var run = GeneratorRun.Of(TestCompilation.Create([source], "App", library)).AssertCompiles();
        Assert.Equal(["RP0210 warning 'Block'"], TwinAnalysis.Reports(run));
        Assert.Contains("Tensor>, global::System.IDisposable\n", run.File("Tests.Block.Twin.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_base_class_without_counterpart_is_RP0204_there_and_RP0209_where_it_is_used_once()
    {
        string[] sources =
        [
            Module("private readonly Samples samples = new(); private Samples Again() => samples; public override Tensor forward(Tensor x) => x * samples.Count;"),
            "namespace Tests; public class Samples : torch.utils.data.Dataset { public override long Count => 1; public override Dictionary<string, Tensor> GetTensor(long index) => new(); }",
        ];
        Assert.Equal(["RP0209 warning 'Samples'", "RP0204 error 'torch.utils.data.Dataset'"], TwinAnalysis.Reports(sources));
        GeneratorRun.Of(sources).AssertCompiles();
    }

    [Fact]
    public void RP0211_what_would_not_compile_is_told_at_the_users_code_and_costs_its_member_alone()
    {
        var source = Module("""
            private static object Pick(Tensor x) => x;
            private static object Pick(Scalar x) => x;
            public override Tensor forward(Tensor x) => x + 1;
            public object Own(Tensor x) => Pick(x.item<Half>());
            """);
        var run = GeneratorRun.Of(source);
        Assert.DoesNotContain(run.Output.GetDiagnostics(), d => d.Severity == DiagnosticSeverity.Error && d.Location.SourceTree!.FilePath.EndsWith(".g.cs", StringComparison.Ordinal));
        Assert.Contains("x + 1", run.File("Tests.Block.Twin.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_taken_name_is_told_with_the_one_that_is_used_instead()
    {
        string[] sources = [Module("public override Tensor forward(Tensor x) => x;"), "namespace Tests; public class BlockRuntime { }"];
        Assert.Equal(["RP0207 info 'Block'"], TwinAnalysis.Reports(sources));
        Assert.Contains("class BlockRuntime_ :", GeneratorRun.Of(sources).AssertCompiles().File("Tests.Block.Twin.g.cs"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Gain = new Parameter(randn(1, 8));")]
    [InlineData("Gain = Parameter(torch.rand(new long[] { 1, 8 }) * 0.02 + 1);")]
    [InlineData("Gain = Parameter(torch.empty(1, 8).normal_(0, 0.02));")]
    [InlineData("var start = randn(1, 8); start = start * 0.1; start.mul_(2); Gain = Parameter(start.abs().sqrt());")]
    [InlineData("Gain = Parameter(normal(0, 1, [1, 8])); init.normal_(Gain);")]
    [InlineData("Gain = Parameter(ones(1, 8)); mask = torch.rand_like(Gain);")]
    [InlineData("Gain = Parameter(ones(1, 8)); mask = Gain.mean().item<float>() > 2 ? randn(1) : rand(1);")]
    public void Random_first_values_need_no_counterpart(string body)
    {
        var source = Random(body, "x * Gain");
        Assert.Empty(TwinAnalysis.Reports(source));
        Assert.DoesNotContain(GeneratorRun.Of(source).Output.GetDiagnostics(), d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error);
    }

    [Theory]
    [InlineData("Gain = Parameter(ones(1, 8));", "x * randn(1, 8)", ".Randn(1, 8)")]
    [InlineData("Gain = Parameter(ones(1, 8)); width = (int)randn(1).item<float>();", "x * width", ".Randn(1)")]
    [InlineData("Gain = Parameter(ones(1, 8)); made = () => randn(1, 8);", "x * made()", ".Randn(1, 8)")]
    [InlineData("Gain = Parameter(ones(1, 8)); Keep(rand(1, 8));", "x", ".Rand(1, 8)")]
    [InlineData("Gain = Parameter(ones(1, 8)); Fixed = rand(1, 8);", "x", ".Rand(1, 8)")]
    [InlineData("Gain = Parameter(ones(1, 8));", "x + randn_like(x)", ".RandnLike(x)")]
    public void Random_numbers_that_are_no_first_values_are_drawn(string body, string forward, string emitted)
    {
        var source = Random(body, forward);
        Assert.Empty(TwinAnalysis.Reports(source));
        var run = GeneratorRun.Of(source);
        Assert.DoesNotContain(run.Output.GetDiagnostics(), d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error);
        Assert.Contains(emitted, run.File("Tests.Block.Twin.g.cs"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("if (path is not null) { load(path); }")]
    [InlineData("if (path is not null) { this.load(path, skip: new[] { \"head\" }); }")]
    public void What_a_constructor_loads_is_left_to_the_packed_checkpoint(string body)
    {
        var source = $$"""
            namespace Tests;

            [ReparamModule]
            public sealed partial class Block : Module<Tensor, Tensor>
            {
                private readonly Linear fc = Linear(4, 4);

                public Block(string? path = null) : base(nameof(Block)) { RegisterComponents(); {{body}} }

                public override Tensor forward(Tensor x) => fc.forward(x);
            }
            """;
        Assert.Empty(TwinAnalysis.Reports(source));
        Assert.Contains("InitialLoad(path", GeneratorRun.Of(source).AssertCompiles().File("Tests.Block.Twin.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void No_array_is_an_empty_span()
    {
        var source = Module("public override Tensor forward(Tensor x) => nn.functional.interpolate(x, null, new[] { 2.0, 2.0 }, InterpolationMode.Nearest, null);");
        Assert.Empty(TwinAnalysis.Reports(source));
        GeneratorRun.Of(source).AssertCompiles();
    }

    private static string Random(string body, string forward) => $$"""
        namespace Tests;

        [ReparamModule]
        public sealed partial class Block : Module<Tensor, Tensor>
        {
            private static Tensor? Fixed;
            private readonly Parameter second = new Parameter(torch.randn(3));
            private Tensor mask = ones(1);
            private Func<Tensor> made = null!;
            private int width;
            public partial Parameter Gain { get; private set; }
            public Block() : base(nameof(Block)) { {{body}} RegisterComponents(); }
            public override Tensor forward(Tensor x) => {{forward}};
            private static void Keep(Tensor x) => Fixed = x;
        }
        """;

    [Fact]
    public void A_class_that_is_translated_whole_reports_nothing() =>
        Assert.Empty(TwinAnalysis.Reports(Module("public override Tensor forward(Tensor x) => x.view(1, -1) + 1;")));

    [Fact]
    public void Without_the_run_time_library_nothing_is_emitted_and_nothing_reported()
    {
        var all = TestCompilation.Create([Module("public override Tensor forward(Tensor x) => x.to_sparse();")]);
        var trainingOnly = all.WithReferences(all.References.Where(r => !r.Display!.EndsWith("Reparam.Runtime.dll", StringComparison.Ordinal)));
        Assert.Empty(TwinAnalysis.Diagnostics(trainingOnly));
        Assert.DoesNotContain(GeneratorRun.Of(trainingOnly).Result.GeneratedSources, s => s.HintName.Contains("Twin", StringComparison.Ordinal));
    }

    private static string Module(string members) => $$"""
        namespace Tests;

        [ReparamModule]
        public sealed partial class Block : Module<Tensor, Tensor>
        {
            public Block() : base(nameof(Block)) => RegisterComponents();

            {{members}}
        }
        """;
}
