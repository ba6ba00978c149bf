using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Analyzers;

public class Annotations_Diagnostics
{
    [Fact]
    public void A_class_without_mistakes_gives_no_report() => Assert.Empty(AnalyzerRun.Reports(Block(
        "[Compand, SigmaReparam, LoRA(4), ShiftAdd(3, GroupSize = 64)] public partial Module<Tensor, Tensor> Query { get; private set; }", "Query = Linear(8, 8);")));

    [Theory]
    [InlineData("public partial Linear QKV { get; private set; } public partial Linear Qkv { get; private set; }", "Qkv")]
    [InlineData("public partial Linear Fc { get; private set; } private readonly Linear fc = Linear(1, 1);", "fc")]
    [InlineData("private readonly Tensor w_2 = ones(1); public partial Parameter W_2 { get; private set; }", "W_2")]
    [InlineData("public partial Linear A { get; private set; } [TorchSharp.Utils.ComponentName(Name = \"a\")] public partial Linear B { get; private set; }", "B")]
    [InlineData("public partial Linear A { get; private set; } [TorchSharp.Utils.ComponentName(Name = \"b\")] private readonly Linear a = Linear(1, 1);", "")]
    [InlineData("public partial Linear A { get; private set; } private readonly int a = 1;", "")]
    public void RP0016_one_name_for_two_members(string members, string reported) =>
        Assert.Equal(reported.Length > 0 ? [$"RP0016 '{reported}'"] : [], AnalyzerRun.Reports(Block(members, "")));

    [Theory]
    [InlineData("a = Linear(8, 8); RegisterComponents();", "")]
    [InlineData("a = Linear(8, 8);", "the constructor does not call RegisterComponents()")]
    [InlineData("RegisterComponents(); a = Linear(8, 8);", "RegisterComponents() is called before it is assigned")]
    [InlineData("if (n > 1) { RegisterComponents(); this.a = Linear(8, 8); }", "RegisterComponents() is called before it is assigned")]
    [InlineData("a = Linear(8, 8); if (n > 1) a = Linear(n, n); RegisterComponents(); a = Linear(8, 8);", "")]
    [InlineData("RegisterComponents(); a = Linear(8, 8); register_module(nameof(a), a);", "")]
    [InlineData("a = Linear(8, 8); Finish();", "")]
    [InlineData("a = Linear(8, 8); Helper.Register(this);", "")]
    public void RP0041_a_layer_that_is_not_registered(string constructor, string why) => Assert.Equal(
        why.Length > 0 ? [$"'a' is not registered, because {why}: its weights are neither trained, saved nor loaded"] : [],
        AnalyzerRun.Messages($$"""
            namespace Tests;
            public static class Helper { public static void Register(Module module) { } }
            [ReparamModel] public sealed partial class Net : Module<Tensor, Tensor>
            {
                private Linear? a;
                public Net(int n) : base("n") { {{constructor}} }
                private void Finish() { RegisterComponents(); }
                public override Tensor forward(Tensor x) => a!.call(x);
            }
            """));

    [Theory]
    [InlineData("RegisterComponents();", "the constructor of 'Base' has called RegisterComponents() before it is assigned")]
    [InlineData("", "")]
    public void RP0041_looks_into_base_classes(string inBase, string why) => Assert.Equal(
        why.Length > 0 ? [$"'b' is not registered, because {why}: its weights are neither trained, saved nor loaded"] : [],
        AnalyzerRun.Messages($$"""
            namespace Tests;
            [ReparamModule] public abstract partial class Base : Module<Tensor, Tensor> { protected readonly Linear a; protected Base(int n) : base("b") { a = Linear(n, n); {{inBase}} } }
            [ReparamModule] public sealed partial class Net : Base { private readonly Linear b; public Net(int n) : base(n) { b = Linear(n, n); RegisterComponents(); } public override Tensor forward(Tensor x) => b.call(a.call(x)); }
            """));

    [Fact]
    public void RP0041_field_initializers_alone() => Assert.Equal(
        ["'a' is not registered, because no constructor calls RegisterComponents(): its weights are neither trained, saved nor loaded"],
        AnalyzerRun.Messages("""
            namespace Tests;
            [ReparamModel] public sealed partial class Net(int n) : Module<Tensor, Tensor>("n") { private readonly Linear a = Linear(n, n); public override Tensor forward(Tensor x) => a.call(x); }
            """).Where(m => m.Contains("registered", StringComparison.Ordinal)));

    [Fact]
    public void RP0016_counts_marked_base_classes_and_names_both_members() => Assert.Equal(
        ["'head' and 'Base.Head' are both 'head' in the state dict, so only one of them would be trained, saved and loaded; rename one or give it a [ComponentName]"],
        AnalyzerRun.Messages("""
            namespace Tests;
            [ReparamModule] public abstract partial class Base : Module<Tensor, Tensor> { protected Base() : base("b") { } public virtual partial Linear Head { get; set; } }
            [ReparamModule] public sealed partial class Net : Base { private readonly Linear head = Linear(1, 1); public Net() { RegisterComponents(); } public override partial Linear Head { get; set; } public override Tensor forward(Tensor x) => head.call(x); }
            """));

    [Theory]
    [InlineData("[LoRA(2)]", "Layers = new(); for (var i = 0; i < 3; i++) Layers.Add(Linear(8, 8));", "")]
    [InlineData("[LoRA(2)]", "var all = new ModuleList<Module<Tensor, Tensor>>(); for (var i = 0; i < 3; i++) all.Add(Linear(8, 8)); Layers = all;", "")]
    [InlineData("[ShiftAdd(2)]", "Layers = new(); for (var i = 0; i < 3; i++) Layers.Add(Linear(8, 8));", "")]
    [InlineData("[ShiftAdd(2)]", "Layers = new(); for (var i = 0; i < 3; i++) Layers.Add(Made());", "")]
    [InlineData("[ShiftAdd(2)]", "Layers = new();", "RP0019 'ShiftAdd(2)'")]
    [InlineData("[ShiftAdd(2)]", "Layers = [Linear(8, 8), Linear(8, 8)];", "")]
    public void RP0019_lists_that_are_filled_one_by_one_and_that_stay_empty(string attribute, string body, string reported)
    {
        var source = Block(attribute + " public partial ModuleList<Module<Tensor, Tensor>> Layers { get; private set; } private static Module<Tensor, Tensor> Made() => Linear(1, 1);", body);
        Assert.Equal(reported.Length > 0 ? [reported] : [], AnalyzerRun.Reports(source));
    }

    [Fact]
    public void RP0001_class_not_partial() => Expect("RP0001 'Block'", Block("", "").Replace("partial class", "class"));

    [Theory]
    [InlineData("[ReparamModule] public partial class Block", "file partial class Other { } [ReparamModule, ShiftAdd(4)] file partial class Block", "", "RP0002 'Block'")]
    [InlineData("[ReparamModule] public", "public static class Outer { [ReparamModule, ShiftAdd(4)] public", "}", "RP0002 'Block'")]
    [InlineData("[ReparamModule] public", "public static class Outer { [ReparamModule] public", "}", null)]
    [InlineData("[ReparamModule] public", "public static partial class Outer { [ReparamModule, ShiftAdd(4)] public", "}", "RP0019 'ShiftAdd(4)'")]
    [InlineData("class Block :", "class Block<T> :", "", null)]
    public void RP0002_no_part_can_be_written(string from, string to, string end, string? report)
    {
        var source = Block("", "").Replace("namespace Tests;", "");
        Assert.Contains(from, source, StringComparison.Ordinal);
        Assert.Equal(report is null ? [] : [report], AnalyzerRun.Reports(source.Replace(from, to) + end));
    }

    [Fact]
    public void RP0003_attribute_in_an_unmarked_class() => Expect(
        "RP0003 'LoRA(8)'",
        Block("[LoRA(8)] public Module<Tensor, Tensor> Query { get; private set; } = null!;", "").Replace("[ReparamModule]", ""));

    [Fact]
    public void RP0004_unmarked_child_of_another_library()
    {
        const string Inner = "public class Inner : Module<Tensor, Tensor> { public Inner() : base(\"Inner\") { } public override Tensor forward(Tensor x) => x; }";
        var child = Block("private readonly Inner inner = new();", "");
        var library = GeneratorRun.Of(TestCompilation.Create([Inner], "Library")).ToReference();
        var reports = AnalyzerRun.Diagnostics(GeneratorRun.Of(TestCompilation.Create([child], "App", library)).Output);
        Assert.Equal("RP0004", Assert.Single(reports).Id);
        Assert.Empty(AnalyzerRun.Reports(child + Inner));
    }

    [Fact]
    public void RP0005_property_not_partial() => Expect("RP0005 'Query'", Block("[LoRA(2)] public Module<Tensor, Tensor> Query { get; private set; }", "Query = Linear(8, 8);"));

    [Theory]
    [InlineData("public partial Linear Query { get; private set; }", "has type 'Linear'")]
    [InlineData("public partial Module<Tensor, Tensor> Query { get; }", "has no setter")]
    [InlineData("public partial string Query { get; private set; }", "has type 'string'")]
    public void RP0006_form_of_the_property(string property, string found)
    {
        var messages = AnalyzerRun.Messages(Block("[LoRA(2)] " + property, ""));
        Assert.Contains(messages, m => m.StartsWith($"The property 'Query' {found}", StringComparison.Ordinal));
    }

    [Fact]
    public void A_property_that_only_the_build_changes_may_keep_the_layers_type() => Assert.Empty(AnalyzerRun.Reports(Block(
        "[ShiftAdd(3)] public partial Linear Query { get; private set; }", "Query = Linear(8, 8);")));

    [Theory]
    [InlineData("ShiftAdd(9)", "9", "'bits' of [ShiftAdd] is 9; expected from 1 to 4")]
    [InlineData("ShiftAdd(0)", "0", "'bits' of [ShiftAdd] is 0; expected from 1 to 4")]
    [InlineData("ShiftAdd(bits: 5)", "5", "'bits' of [ShiftAdd] is 5; expected from 1 to 4")]
    [InlineData("ShiftAdd(3, GroupSize = 12)", "12", "'GroupSize' of [ShiftAdd] is 12; expected a multiple of 8 from 0 to 65536")]
    [InlineData("ShiftAdd(3, ScaleTerms = 4)", "4", "'ScaleTerms' of [ShiftAdd] is 4; expected from 0 to 3")]
    [InlineData("LoRA(0)", "0", "'rank' of [LoRA] is 0; expected at least 1")]
    [InlineData("LoRA(-3)", "-3", "'rank' of [LoRA] is -3; expected at least 1")]
    [InlineData("LoRA(2, Dropout = 1.5)", "1.5", "'Dropout' of [LoRA] is 1.5; expected from 0 to 0.999")]
    [InlineData("LoRA(2, Dropout = double.NaN)", "double.NaN", "'Dropout' of [LoRA] is NaN; expected from 0 to 0.999")]
    [InlineData("SigmaReparam(PowerIterations = 0)", "0", "'PowerIterations' of [SigmaReparam] is 0; expected from 1 to 100")]
    [InlineData("Compand(A = -1f)", "-1f", "'A' of [Compand] is -1; expected from 1E-08 to 100000000")]
    public void RP0007_argument_out_of_range(string attribute, string reported, string message)
    {
        var source = Block($"[{attribute}] public partial Module<Tensor, Tensor> Query {{ get; private set; }}", "Query = Linear(8, 8);");
        Expect($"RP0007 '{reported}'", source);
        Assert.Equal([message], AnalyzerRun.Messages(source));
    }

    [Fact]
    public void RP0007_on_class_and_assembly() => Assert.Equal(
        ["RP0007 '7'", "RP0007 '8'"],
        AnalyzerRun.Reports("[assembly: ShiftAdd(7)]\n" + Block("public partial Module<Tensor, Tensor> Query { get; private set; }", "Query = Linear(8, 8);").Replace("[ReparamModule]", "[ReparamModule, ShiftAdd(8)]")));

    [Theory]
    [InlineData("Linear(128, 32)", 33)]
    [InlineData("Conv2d(2, 64, 3)", 19)]
    [InlineData("Conv2d(4, 64, 3, groups: 2)", 19)]
    [InlineData("Conv1d(2, 64, 3)", 7)]
    [InlineData("Embedding(100, 16)", 17)]
    public void RP0008_rank_above_the_layer(string factory, int rank)
    {
        const string Property = "public partial Module<Tensor, Tensor> Query { get; private set; }";
        Expect($"RP0008 '{rank}'", Block($"[LoRA({rank})] {Property}", $"Query = {factory};"));
        Assert.Empty(AnalyzerRun.Reports(Block($"[LoRA({rank - 1})] {Property}", $"Query = {factory};")));
    }

    [Fact]
    public void RP0008_is_silent_where_the_size_is_not_constant() => Assert.Empty(AnalyzerRun.Reports(Block(
        "[LoRA(64)] public partial Module<Tensor, Tensor> Query { get; private set; }", "var width = Environment.ProcessorCount; Query = Linear(width, 4);")));

    [Fact]
    public void RP0009_kind_not_supported() => Expect(
        "RP0009 'SigmaReparam'", Block("[SigmaReparam] public partial Module<Tensor, Tensor> Query { get; private set; }", "Query = Embedding(8, 8);"));

    [Fact]
    public void RP0009_a_wider_scope_passes_over_other_layers() => Assert.Empty(AnalyzerRun.Reports(
        Block("private readonly Module<Tensor, Tensor> fc = Linear(8, 8); public partial Module<Tensor, Tensor> Query { get; private set; }", "Query = Embedding(8, 8);")
            .Replace("[ReparamModule]", "[ReparamModule, SigmaReparam]")));

    [Theory]
    [InlineData("", "does not exist in this compilation or its references")]
    [InlineData("public static class MyMap { public static Tensor Attach(Tensor weight) => weight; }", "has no public static member 'Map'")]
    [InlineData("public static class MyMap { public static Tensor Map(Tensor latent) => latent; }", "has no public static member 'Attach'")]
    [InlineData("public static class MyMap { public static Tensor Attach(Tensor w) => w; public static Tensor Map(Tensor latent) => latent; }", "parameter 'w' of 'Tests.MyMap.Attach' is none of: inputs, options, shape, weight")]
    [InlineData("public static class MyMap { public static Tensor Attach(Tensor weight) => weight; public static int Map(Tensor latent) => 0; }", "gives 'int', expected Tensor")]
    [InlineData("public static class MyMap { public static (Tensor Latent, int Scale) Attach(Tensor weight) => default; public static Tensor Map(Tensor latent) => latent; }", "expected Parameter or Tensor")]
    [InlineData("public static class MyMap { public static (Tensor, Parameter) Attach(Tensor weight) => default; public static Tensor Map(Tensor latent) => latent; }", "needs a name")]
    [InlineData("public static class MyMap { public static (Tensor Latent, Parameter A) Attach(Tensor weight) => default; public static Tensor Map(Tensor latent, float a) => latent; }", "parameter 'a' of 'Tests.MyMap.Map' is a 'float', expected Tensor")]
    [InlineData("public static class MyMap { public static Tensor Attach(Tensor weight) => weight; public static Tensor Map(Tensor latent, int training) => latent; }", "parameter 'training' of 'Tests.MyMap.Map' is a 'int', expected Boolean")]
    [InlineData("public static class MyMap { public static Tensor Attach(Tensor weight, string options) => weight; public static Tensor Map(Tensor latent) => latent; }", "parameter 'options' of 'Tests.MyMap.Attach' is a 'string', expected ReparamAttribute")]
    public void RP0010_broken_contract(string methods, string part)
    {
        var source = Block("[My] public partial Module<Tensor, Tensor> Query { get; private set; }", "Query = Linear(8, 8);")
            + "[ReparamMethod(\"Tests.MyMap\")] public sealed class MyAttribute : WeightMapAttribute; " + methods;
        Expect("RP0010 'My'", source);
        Assert.Contains(part, Assert.Single(AnalyzerRun.Messages(source)));
    }

    [Theory]
    [InlineData("Parameter Attach(Reparam.Training.IBaseLayer layer) => default!", "Tensor s", "'Tests.MyPath.Attach' must give a tuple: the states, the first one a Parameter, or before them the weight that the layer keeps, as in (Tensor? Base, Parameter S)")]
    [InlineData("(Tensor S, Parameter T) Attach(Reparam.Training.IBaseLayer layer) => default", "Tensor s, Tensor t", "so it is the weight that the layer keeps and no state: put 'Tensor? Base' before it")]
    [InlineData("(Tensor? Base, Parameter S) Attach(Reparam.Training.IBaseLayer layer) => default", "Tensor s", null)]
    [InlineData("(Tensor? Base, Tensor S) Attach(Reparam.Training.IBaseLayer layer) => default", "Tensor s", null)]
    [InlineData("(Parameter S, Parameter T) Attach(Reparam.Training.ILayerOperation layer, ReparamAttribute options) => default", "Parameter s, Tensor t", null)]
    public void RP0010_what_a_side_path_attaches(string attach, string states, string? part)
    {
        var source = Block("[My] public partial Module<Tensor, Tensor> Query { get; private set; }", "Query = Linear(8, 8);")
            + "[ReparamMethod(\"Tests.MyPath\")] public sealed class MyAttribute : SidePathAttribute; public static class MyPath { public static " + attach
            + "; public static Tensor Forward(Tensor x, Tensor y, " + states + ") => y; public static Tensor Delta(" + states + ", Tensor weight) => weight; }";
        Assert.Equal(part is null ? [] : ["RP0010 'My'"], AnalyzerRun.Reports(source));
        Assert.Equal(part is null, !AnalyzerRun.Messages(source).Any(message => message.Contains(part!, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Tensor x", true)]
    [InlineData("Tensor x, bool training", false)]
    public void RP0018_an_input_map_that_the_twin_does_not_run(string parameters, bool reported) => Assert.Equal(
        reported ? ["RP0018 'My'"] : [],
        AnalyzerRun.Reports(
            Block("[My] public partial Module<Tensor, Tensor> Query { get; private set; }", "Query = Linear(8, 8);")
            + "[ReparamMethod(\"Tests.MyMap\")] public sealed class MyAttribute : InputMapAttribute; public static class MyMap { public static Tensor Map(" + parameters + ") => x; }"));

    [Theory]
    [InlineData("Query = Make();", false)]
    [InlineData("Query = LayerNorm(8);", true)]
    [InlineData("Query = new Identity2();", true)]
    [InlineData("Query = width > 3 ? Linear(8, 8) : Conv1d(8, 8, 3);", false)]
    [InlineData("var made = Linear(8, 8); Query = made;", false)]
    [InlineData("Query = (Module<Tensor, Tensor>)(Linear(8, 8));", false)]
    [InlineData("this.Query = width switch { 3 => Linear(8, 8), _ => throw new Exception() };", false)]
    public void RP0019_no_layer(string assignment, bool reported)
    {
        var reports = AnalyzerRun.Reports(Block(
            "[LoRA(2)] public partial Module<Tensor, Tensor> Query { get; private set; } private static Module<Tensor, Tensor> Make() => Linear(8, 8);", assignment)
            + "[ReparamModule] public partial class Identity2 : Module<Tensor, Tensor> { public Identity2() : base(\"I\") { } public override Tensor forward(Tensor x) => x; }");
        Assert.Equal(reported ? ["RP0019 'LoRA(2)'"] : [], reports);
    }

    [Fact]
    public void RP0012_bad_pattern() => Expect(
        "RP0012 '\"Query|(\"'", Block("public partial Module<Tensor, Tensor> Query { get; private set; }", "Query = Linear(8, 8);").Replace("[ReparamModule]", "[ReparamModule, Compand(Targets = \"Query|(\")]"));

    [Theory]
    [InlineData("LoRA(2), Compand", "a side path must come after every weight map")]
    [InlineData("Compand(Order = 5), LoRA(2)", "a side path must come after every weight map")]
    [InlineData("LoRA(2), MyPath", "at most one side path")]
    [InlineData("ShiftAdd(3), MyPost", "at most one post-training method")]
    public void RP0013_illegal_composition(string attributes, string part)
    {
        var messages = AnalyzerRun.Messages(Block($"[{attributes}] public partial Module<Tensor, Tensor> Query {{ get; private set; }}", "Query = Linear(8, 8);") + """
            [ReparamMethod("post")] public sealed class MyPostAttribute : PostTrainingAttribute;
            [ReparamMethod("Tests.MyMethods")] public sealed class MyPathAttribute : SidePathAttribute;
            public static class MyMethods
            {
                public static Tensor Attach(Tensor weight) => weight;
                public static Tensor Forward(Tensor y) => y;
                public static Tensor Delta(Tensor weight) => weight * 0;
            }
            """);
        Assert.Contains(part, Assert.Single(messages));
    }

    [Theory]
    [InlineData("[LoRA(2)]", "private readonly Linear fc = Linear(4, 4);", "RP0020 'fc'")]
    [InlineData("[LoRA(2)]", "private readonly ModuleList<Linear> fc = new(Linear(4, 4));", "RP0020 'fc'")]
    [InlineData("[LoRA(2)]", "[LoRA(2, Ignore = true)] private readonly Linear fc = Linear(4, 4); private readonly Module<Tensor, Tensor> other = Linear(4, 4);", "")]
    [InlineData("[ShiftAdd(2)]", "private readonly Linear fc = Linear(4, 4);", "")]
    [InlineData("[LoRA(2)]", "private readonly Sequential fc = Sequential(Linear(4, 4));", "")]
    [InlineData("", "[LoRA(2)] private readonly Linear fc = Linear(4, 4);", "RP0020 'fc'")]
    [InlineData("", "[LoRA(2)] private readonly Sequential fc = Sequential(ReLU());", "RP0019 'LoRA(2)'")]
    [InlineData("[ShiftAdd(2)]", "private readonly Sequential fc = Sequential(ReLU(), LayerNorm(4));", "RP0019 'ShiftAdd(2)'")]
    [InlineData("[Compand(Targets = @\"fc\\.0\")]", "private readonly Sequential fc = Sequential(Linear(4, 4));", "")]
    [InlineData("[Compand(Targets = @\"fc\\.1\")]", "private readonly Sequential fc = Sequential(Linear(4, 4));", "RP0015 '@\"fc\\.1\"'")]
    [InlineData("[Compand(Targets = @\"fc\\.0|fd\")]", "private readonly Sequential fc = Sequential(Linear(4, 4));", "RP0015 '@\"fc\\.0|fd\"'")]
    [InlineData("[Compand(Targets = @\"(fc|fd)\\.0|fc\\.[0|1]\")]", "private readonly Sequential fc = Sequential(Linear(4, 4));", "")]
    [InlineData("[ShiftAdd(2)]", "private readonly Parameter weight = Parameter(ones(4, 4)); private Tensor Product(Tensor x) => x.matmul(weight.t());", "")]
    [InlineData("[ShiftAdd(2)]", "private readonly Tensor weight = ones(4, 4); private Tensor Product(Tensor x) => functional.linear(x, this.weight!);", "")]
    [InlineData("[LoRA(2)]", "private readonly Parameter weight = Parameter(ones(4, 4)); private Tensor Product(Tensor x) => x.matmul(weight.T);", "RP0019 'LoRA(2)'")]
    [InlineData("[ShiftAdd(2)]", "private readonly Parameter weight = Parameter(ones(4, 4)); private Tensor Product(Tensor x) => x * weight.T;", "RP0019 'ShiftAdd(2)'")]
    [InlineData("[ShiftAdd(2)]", "private readonly Parameter gain = Parameter(ones(4, 4)); private Tensor Product(Tensor x) => x.matmul(gain.T);", "RP0019 'ShiftAdd(2)'")]
    public void RP0020_RP0019_and_RP0015_fields(string onClass, string members, string reported) => Assert.Equal(
        reported.Length > 0 ? [reported] : [], AnalyzerRun.Reports(Block(members, "").Replace("[ReparamModule]", "[ReparamModule]" + onClass)));

    [Fact]
    public void RP0015_pattern_without_match() => Expect(
        "RP0015 '\"querry\"'", Block("public partial Module<Tensor, Tensor> Query { get; private set; }", "Query = Linear(8, 8);").Replace("[ReparamModule]", "[ReparamModule, Compand(Targets = \"querry\")]"));

    private static void Expect(string report, string source) => Assert.Equal([report], AnalyzerRun.Reports(source));

    private static string Block(string members, string body) => $$"""
        namespace Tests;
        [ReparamModule] public partial class Block : Module<Tensor, Tensor>
        {
            public Block(int width) : base(nameof(Block)) { {{body}} RegisterComponents(); }
            {{members}}
            public override Tensor forward(Tensor x) => x;
        }

        """;
}
