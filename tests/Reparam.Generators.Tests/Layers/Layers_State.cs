using System.Text.RegularExpressions;
using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Layers;

/// <summary>What the manifest says of a class's tensors: never more than the source shows.</summary>
public class Layers_State
{
    [Theory]
    [InlineData("Linear(4, 8)", "part.weight [8, 4]!; part.bias [8]!")]
    [InlineData("Linear(4, 8, hasBias: false)", "part.weight [8, 4]!")]
    [InlineData("Linear(width, 2 * 4, flag)", "part.weight [8, ?]!; part.bias [8]")]
    [InlineData("flag ? Linear(4, 8, false) : Linear(4, 8)", "part.weight [8, 4]!; part.bias [8]")]
    [InlineData("flag ? Linear(4, 8) : null!", "part.weight [8, 4]; part.bias [8]")]
    [InlineData("flag ? Linear(4, 8) : Conv1d(4, 8, 3)", "part.weight !; part.bias [8]!")]
    [InlineData("Embedding(5, width)", "part.weight [5, ?]!")]
    [InlineData("Conv1d(4, 8, 3, groups: 2, bias: false)", "part.weight [8, 2, 3]!")]
    [InlineData("Conv2d(4, 8, (3, 5))", "part.weight [8, 4, 3, 5]!; part.bias [8]!")]
    [InlineData("Conv2d(4, 8, 3)", "part.weight [8, 4, 3, 3]!; part.bias [8]!")]
    [InlineData("LayerNorm(16)", "part.weight [16]!; part.bias [16]!")]
    [InlineData("LayerNorm(new long[] { 4, 5 }, elementwise_affine: false)", "")]
    [InlineData("BatchNorm2d(7)", "part.weight [7]!; part.bias [7]!; part.running_mean (buffer) [7]!; part.running_var (buffer) [7]!; part.num_batches_tracked (buffer) []")]
    [InlineData("ReLU()", "")]
    [InlineData("Made()", "open part")]
    [InlineData("Sequential(Linear(4, 4), ReLU(), Sequential(Conv1d(4, 4, 3L, bias: false), BatchNorm1d(4, affine: false, track_running_stats: false)))", "part.0.weight [4, 4]!; part.0.bias [4]!; part.2.0.weight [4, 4, 3]!")]
    [InlineData("Sequential((\"fc\", Linear(4, width, flag)), (\"act\", ReLU()))", "part.fc.weight [?, 4]!; part.fc.bias [?]")]
    [InlineData("Sequential(Linear(4, 4), Made())", "open part")]
    [InlineData("Sequential(new List<Module<Tensor, Tensor>> { Linear(4, 4) })", "open part")]
    [InlineData("flag ? Sequential(Linear(4, 4)) : null!", "part.0.weight [4, 4]; part.0.bias [4]")]
    public void One_member(string value, string expected) => Assert.Equal(expected, State($$"""
        public partial Module<Tensor, Tensor> Part { get; private set; }
        public Net(int width, bool flag) : base("Net") { Part = {{value}}; RegisterComponents(); }
        private static Module<Tensor, Tensor> Made() => Linear(1, 1);
        """));

    [Theory]
    [InlineData("Parts = [Linear(4, 4), Linear(4, 5)];", "parts.*.weight [?, 4]!; parts.*.bias [?]!")]
    [InlineData("Parts = new(); for (var i = 0; i < width; i++) Parts.Add(Linear(4, 4, false));", "parts.*.weight [4, 4]!")]
    [InlineData("var list = new ModuleList<Module<Tensor, Tensor>>(); foreach (var i in new[] { 1 }) { list.Add(Linear(4, 4)); list.Add(ReLU()); } Parts = list;", "parts.*.weight [4, 4]; parts.*.bias [4]")]
    [InlineData("Parts = [.. Enumerable.Range(0, width).Select(_ => Linear(4, 4))];", "parts.*.weight [4, 4]!; parts.*.bias [4]!")]
    [InlineData("Parts = new(); Fill(Parts);", "open parts.*")]
    [InlineData("Parts = new(); Parts.Add(Made());", "open parts.*")]
    public void A_list(string body, string expected) => Assert.Equal(expected, State($$"""
        public partial ModuleList<Module<Tensor, Tensor>> Parts { get; private set; }
        public Net(int width) : base("Net") { {{body}} RegisterComponents(); }
        private static Module<Tensor, Tensor> Made() => Linear(1, 1);
        private static void Fill(ModuleList<Module<Tensor, Tensor>> list) => list.Add(Linear(1, 1));
        """));

    [Theory]
    [InlineData("Body = Sequential(Linear(4, 4)); Body.append(ReLU());", "open body")]
    [InlineData("var body = Sequential(Linear(4, 4)); body.append(ReLU()); Body = body;", "open body")]
    [InlineData("Body = Sequential(Linear(4, 4)); Fill(Body);", "open body")]
    [InlineData("Body = Sequential(Linear(4, 4)); Body.eval();", "body.0.weight [4, 4]!; body.0.bias [4]!")]
    public void A_container_that_is_filled_later_is_open(string body, string expected) => Assert.Equal(expected, State($$"""
        public partial Sequential Body { get; private set; }
        public Net() : base("Net") { {{body}} RegisterComponents(); }
        private static void Fill(Sequential container) => container.append(Linear(1, 1));
        """));

    [Fact]
    public void Parameters_and_buffers_by_the_names_that_registration_gives() => Assert.Equal(
        "gain [4]!; scale [?, 3]; <Auto>k__BackingField [2]!; mask (buffer) !; table (buffer) [2, 2]; open by_hand", State("""
            public partial Parameter Gain { get; private set; }
            private readonly Parameter? scale;
            public Parameter Auto { get; } = new Parameter(ones(2));
            private readonly Tensor mask;
            private Tensor? table = null!;
            public Net(int width, bool flag) : base("Net")
            {
                Gain = Parameter(ones(4));
                mask = ones(3, 3).tril();
                if (flag) { table = zeros(new long[] { 2, 2 }); scale = new Parameter(randn(width, 3)); }
                register_buffer("by_hand", zeros(2));
                RegisterComponents();
            }
            """));

    [Theory]
    [InlineData("Head = Linear(4, 4); Head.weight = Embed.weight;", "head.weight [4, 4]; head.bias [4]; embed.weight [9, 4]; tied head.weight embed.weight")]
    [InlineData("Head = Linear(4, 4); if (Embed.training) Head.weight = Embed.weight;", "head.weight [4, 4]; head.bias [4]; embed.weight [9, 4]; tied head.weight embed.weight perhaps")]
    [InlineData("Head = Linear(4, 4); twin = Head;", "head.weight [4, 4]; head.bias [4]; embed.weight [9, 4]!; twin.weight [?, ?]; twin.bias [?]")]
    [InlineData("Head = Linear(4, 4); keep(Head);", "head.weight [4, 4]; head.bias [4]; embed.weight [9, 4]!; twin.weight [?, ?]; twin.bias [?]")]
    [InlineData("Head = Linear(4, 4); init.normal_(Head.weight!); Head.eval();", "head.weight [4, 4]!; head.bias [4]!; embed.weight [9, 4]!; twin.weight [?, ?]; twin.bias [?]")]
    public void What_others_may_know_is_not_required(string body, string expected) => Assert.Equal(expected, State($$"""
        public partial Linear Head { get; private set; }
        public partial Embedding Embed { get; private set; }
        private Linear? twin;
        public Net() : base("Net") { Embed = Embedding(9, 4); {{body}} RegisterComponents(); }
        private static void keep(Linear layer) { }
        """, body.Contains("Embed.weight", StringComparison.Ordinal) ? "x" : ""));

    [Theory]
    [InlineData("var fc = Linear(4, 4, false); First = fc; Second = fc;", "first.weight [4, 4]; second.weight [4, 4]")]
    [InlineData("var fc = Linear(4, 4, false); First = fc; Second = Linear(4, 5, false);", "first.weight [4, 4]!; second.weight [5, 4]!")]
    [InlineData("var fc = Linear(4, 4, false); First = fc; keep(fc); fc.eval(); Second = Linear(4, 5, false);", "first.weight [4, 4]; second.weight [5, 4]!")]
    public void A_local_that_goes_to_several_places_has_several_names(string body, string expected) => Assert.Equal(expected, State($$"""
        public partial Module<Tensor, Tensor> First { get; private set; }
        public partial Module<Tensor, Tensor> Second { get; private set; }
        public Net() : base("Net") { {{body}} RegisterComponents(); }
        private static void keep(Module<Tensor, Tensor> layer) { }
        """));

    [Fact]
    public void What_a_derived_class_assigns_is_open_in_its_base()
    {
        var run = GeneratorRun.Of("""
            namespace Tests;
            [ReparamModule] public abstract partial class Base : Module<Tensor, Tensor>
            {
                public partial Module<Tensor, Tensor> Kept { get; protected set; }
                public partial Module<Tensor, Tensor> Given { get; protected set; }
                protected Base() : base("b") { Kept = Linear(4, 4, false); Given = Linear(4, 4, false); }
            }

            [ReparamModel] public sealed partial class Net : Base { public Net() { Given = Conv1d(4, 4, 3L); RegisterComponents(); } public override Tensor forward(Tensor x) => x; }
            """).AssertCompiles();
        Assert.Contains(
            """[ { "path": "kept.weight", "shape": [4, 4], "required": true } ], "tied": [], "open": [ "given" ], """,
            Regex.Replace(run.File("Tests.Net.Manifest.g.cs"), @"\s+", " "),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_constructor_must_give_the_member() => Assert.Equal("a.weight [4, 4]; b.weight [4, 4]!; c.weight [4, 4]!", State("""
        private readonly Linear? a;
        private readonly Linear b;
        private readonly Linear c = Linear(4, 4, false);
        public Net() : base("Net") { a = Linear(4, 4, false); b = Linear(4, 4, false); RegisterComponents(); }
        public Net(int width) : base("Net") { b = Linear(4, 4, false); if (width > 3) { a = Linear(4, 4, false); } RegisterComponents(); }
        public Net(bool flag) : this() { }
        """));

    [Fact]
    public void Children_are_required_where_each_object_has_one_of_exactly_that_class()
    {
        var json = Manifest("""
            public partial ModuleList<Block> Blocks { get; private set; }
            public partial Block First { get; private set; }
            public partial Block? Maybe { get; private set; }
            public partial Module<Tensor, Tensor> Other { get; private set; }
            public Net(int width, bool flag) : base("Net")
            {
                Blocks = new ModuleList<Block>();
                for (var i = 0; i < width; i++) Blocks.Add(new Block());
                First = new Block();
                if (flag) Maybe = new Block();
                Other = flag ? new Block() : new Wide();
                RegisterComponents();
            }
            """);
        Assert.Contains(
            """
              "children": [
                { "path": "blocks.*", "module": "Tests.Block", "required": true },
                { "path": "first", "module": "Tests.Block", "required": true },
                { "path": "maybe", "module": "Tests.Block" },
                { "path": "other", "module": "Tests.Block" },
                { "path": "other", "module": "Tests.Wide" }
              ],
              "tensors": [],
              "tied": [],
              "open": [],
            """,
            json,
            StringComparison.Ordinal);
    }

    private static string State(string members, string without = "")
    {
        var json = Manifest(without.Length == 0 ? members : members.Replace("private Linear? twin;", "", StringComparison.Ordinal));
        json = json[..json.IndexOf("\"edges\"", StringComparison.Ordinal)];
        var tensors = Regex.Matches(json, """\{ "path": "([^"]*)"(, "buffer": true)?(?:, "shape": (\[[^\]]*\]))?(, "required": true)? \}""", RegexOptions.None, Regex.InfiniteMatchTimeout);
        var parts = tensors.Where(t => json.IndexOf("\"tensors\"", StringComparison.Ordinal) < t.Index).Select(t =>
            $"{t.Groups[1].Value} {(t.Groups[2].Success ? "(buffer) " : "")}{t.Groups[3].Value.Replace("null", "?", StringComparison.Ordinal)}{(t.Groups[4].Success ? "!" : "")}");
        var tied = Regex.Matches(json, """\["([^"]*)", "([^"]*)"(?:, "(perhaps)")?\]""", RegexOptions.None, Regex.InfiniteMatchTimeout).Select(t => $"tied {t.Groups[1].Value} {t.Groups[2].Value} {t.Groups[3].Value}".TrimEnd());
        var after = json[json.IndexOf("\"open\"", StringComparison.Ordinal)..];
        var open = Regex.Matches(after, "\"([^\"]*)\"", RegexOptions.None, Regex.InfiniteMatchTimeout).Skip(1).Select(m => $"open {m.Groups[1].Value}");
        return string.Join("; ", parts.Concat(tied).Concat(open));
    }

    private static string Manifest(string members)
    {
        var run = GeneratorRun.Of($$"""
            namespace Tests;

            [ReparamModule] public partial class Block : Module<Tensor, Tensor> { public Block() : base("Block") { } public override Tensor forward(Tensor x) => x; }
            [ReparamModule] public sealed partial class Wide : Block { }

            [ReparamModel]
            public partial class Net : Module<Tensor, Tensor>
            {
                {{members}}
                public override Tensor forward(Tensor x) => x;
            }
            """);
        Assert.Empty(run.Output.GetDiagnostics().Where(d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error).Select(d => d.ToString()));
        var attribute = run.Output.Assembly.GetAttributes().Single(a => a.AttributeClass!.Name == "ReparamManifestAttribute" && (string?)a.ConstructorArguments[0].Value == "Tests.Net");
        return (string)attribute.ConstructorArguments[1].Value!;
    }
}
