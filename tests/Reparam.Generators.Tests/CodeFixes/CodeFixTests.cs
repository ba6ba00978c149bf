using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Reparam.CodeFixes;
using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.CodeFixes;

/// <summary>Each mechanical mistake has a fix that leaves no report behind.</summary>
public class CodeFixTests
{
    [Theory]
    [InlineData("public class Block", "public partial class Block")]
    [InlineData("class Block", "partial class Block")]
    [InlineData("/// <summary>A block.</summary>\npublic sealed class Block", "/// <summary>A block.</summary>\npublic sealed partial class Block")]
    public Task RP0001_makes_the_class_partial(string from, string to) => Expect(
        new AddPartialFix(), "RP0001", $"[ReparamModule]\n{from} : Module<Tensor, Tensor> {Body("")}", $"[ReparamModule]\n{to} : Module<Tensor, Tensor> {Body("")}");

    [Fact]
    public Task RP0005_makes_the_property_partial() => Expect(
        new AddPartialFix(),
        "RP0005",
        Marked(Body("[LoRA(2)] public Module<Tensor, Tensor> Query { get; private set; }", "Query = Linear(8, 8);")),
        Marked(Body("[LoRA(2)] public partial Module<Tensor, Tensor> Query { get; private set; }", "Query = Linear(8, 8);")));

    [Theory]
    [InlineData("private readonly Linear fc = Linear(4, 4);", "private readonly Module<Tensor, Tensor> fc = Linear(4, 4);")]
    [InlineData("private readonly TorchSharp.Modules.Linear fc = Linear(4, 4);", "private readonly Module<Tensor, Tensor> fc = Linear(4, 4);")]
    [InlineData("private readonly ModuleList<Linear> fc = new(Linear(4, 4));", "private readonly ModuleList<Module<Tensor, Tensor>> fc = new(Linear(4, 4));")]
    public Task RP0020_declares_the_base_type(string from, string to) => Expect(
        new DeclareModuleFix(), "RP0020", Marked(Body(from)).Replace("[ReparamModule]", "[ReparamModule, LoRA(2)]"), Marked(Body(to)).Replace("[ReparamModule]", "[ReparamModule, LoRA(2)]"));

    [Fact]
    public async Task RP0005_offers_nothing_where_the_property_has_an_initializer() => Assert.Null(await Fix(
        new AddPartialFix(), "RP0005", Marked(Body("[LoRA(2)] public Module<Tensor, Tensor> Query { get; private set; } = Linear(8, 8);"))));

    [Fact]
    public Task RP0003_marks_the_class_around_the_attribute() => Expect(
        new AddReparamModuleFix(),
        "RP0003",
        $"/// <summary>A block.</summary>\npublic partial class Block : Module<Tensor, Tensor> {Body("[LoRA(2)] public partial Module<Tensor, Tensor> Query { get; private set; }", "Query = Linear(8, 8);")}",
        $"/// <summary>A block.</summary>\n[ReparamModule]\npublic partial class Block : Module<Tensor, Tensor> {Body("[LoRA(2)] public partial Module<Tensor, Tensor> Query { get; private set; }", "Query = Linear(8, 8);")}");

    [Theory]
    [InlineData("ShiftAdd(9)", "ShiftAdd(4)")]
    [InlineData("ShiftAdd(bits: -1)", "ShiftAdd(bits: 1)")]
    [InlineData("ShiftAdd(3, GroupSize = 12)", "ShiftAdd(3, GroupSize = 16)")]
    [InlineData("ShiftAdd(3, GroupSize = -8)", "ShiftAdd(3, GroupSize = 0)")]
    [InlineData("LoRA(0)", "LoRA(1)")]
    [InlineData("LoRA(2, Dropout = 2)", "LoRA(2, Dropout = 0.999)")]
    [InlineData("Compand(MinScale = 5)", "Compand(MinScale = 1f)")]
    public Task RP0007_uses_the_nearest_value(string from, string to) => Expect(
        new UseNearestValueFix(),
        "RP0007",
        Marked(Body($"[{from}] public partial Module<Tensor, Tensor> Query {{ get; private set; }}", "Query = Linear(8, 8);")),
        Marked(Body($"[{to}] public partial Module<Tensor, Tensor> Query {{ get; private set; }}", "Query = Linear(8, 8);")));

    [Theory]
    [InlineData("optimizer.step();", "optimizer.step();\n        model.AfterOptimizerStep();", true)]
    [InlineData("if (x.dim() > 1) optimizer.step();", null, true)]
    [InlineData("optimizer.step();", "optimizer.step();\n        model.AfterOptimizerStep();", false)]
    public async Task RP0040_writes_the_call(string from, string? to, bool hasUsing)
    {
        string Source(string step, bool uses) => $$"""
            {{(uses ? "using Reparam.Training;\n" : "")}}public static class Trainer
            {
                public static void Run(Block model, torch.optim.Optimizer optimizer, Tensor x)
                {
                    model.call(x).sum().backward();
                    {{step}}
                }
            }
            """.Replace("\n                ", "\n    ") + "\n" + Marked(Body("[Compand] public partial Module<Tensor, Tensor> Query { get; private set; }", "Query = Linear(8, 8);"));
        var source = Source(from, hasUsing);
        if (to is null)
        {
            Assert.Null(await Fix(new AddStepCallFix(), "RP0040", source));
            return;
        }

        await Expect(new AddStepCallFix(), "RP0040", source, Source(to, uses: true));
    }

    [Fact]
    public Task RP0040_puts_the_term_around_the_loss()
    {
        const string Rest = """
            [ReparamMethod("HalfRule")] public sealed class HalfAttribute : ModelRuleAttribute;
            public class HalfRule : ModelRule { protected override Tensor? Loss() => null; }
            """;
        string Source(string loss) => "using Reparam.Training;\npublic static class Trainer { public static void Run(Block model, torch.optim.Optimizer optimizer, Tensor x) { "
            + loss + ".backward(); optimizer.step(); model.AfterOptimizerStep(); } }\n" + Marked(Body("[Half] public partial Module<Tensor, Tensor> Query { get; private set; }", "Query = Linear(8, 8);")) + "\n" + Rest;
        return Expect(new AddStepCallFix(), "RP0040", Source("model.call(x).sum()"), Source("model.AddReparamLoss(model.call(x).sum())"));
    }

    private static string Marked(string body) => $"[ReparamModule]\npublic partial class Block : Module<Tensor, Tensor> {body}";

    private static string Body(string members, string statements = "") =>
        $"{{ public Block() : base(\"Block\") {{ {statements} RegisterComponents(); }} {members} public override Tensor forward(Tensor x) => x; }}";

    private static async Task Expect(CodeFixProvider provider, string id, string source, string expected)
    {
        Assert.Equal(expected, await Fix(provider, id, source));
        Assert.DoesNotContain(id, AnalyzerRun.Diagnostics(TestCompilation.Create([expected])).Select(d => d.Id));
    }

    // The document after the first fix of the first report; null if no fix is offered.
    private static async Task<string?> Fix(CodeFixProvider provider, string id, string source)
    {
        using var workspace = new AdhocWorkspace();
        var compilation = TestCompilation.Create([source]);
        var project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "Models", "Models", LanguageNames.CSharp,
            compilationOptions: compilation.Options, parseOptions: TestCompilation.ParseOptions, metadataReferences: compilation.References));
        foreach (var tree in compilation.SyntaxTrees)
        {
            project = project.AddDocument(tree.FilePath, await tree.GetTextAsync()).Project;
        }

        var document = project.Documents.Single(d => d.Name == "Source0.cs");
        var reports = await (await project.GetCompilationAsync())!.WithAnalyzers(AnalyzerRun.Analyzers).GetAnalyzerDiagnosticsAsync();
        CodeAction? action = null;
        await provider.RegisterCodeFixesAsync(new CodeFixContext(document, reports.First(r => r.Id == id), (offered, _) => action ??= offered, CancellationToken.None));
        if (action is null)
        {
            return null;
        }

        var changed = (await action.GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single().ChangedSolution;
        return (await changed.GetDocument(document.Id)!.GetTextAsync()).ToString();
    }
}
