using System.Text.Json;
using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Layers;

/// <summary>Where a class's layers live: the manifest has a path, or a pattern, for each.</summary>
public class Layers_Places
{
    private const string Blocks = """
        public class Own : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> a = Linear(4, 4);
            private readonly Conv2d b;
            private readonly Sequential inner;
            public Own(long n = 3) : base("Own") { b = Conv2d(4, 4, n); inner = Sequential(Linear(4, 4), ReLU()); RegisterComponents(); }
            public override Tensor forward(Tensor x) => x;
        }

        [ReparamModule] public sealed partial class Marked : Module<Tensor, Tensor>
        {
            private readonly Module<Tensor, Tensor> a = Linear(4, 4);
            public Marked() : base("Marked") { RegisterComponents(); }
            public override Tensor forward(Tensor x) => a.call(x);
        }

        public class ConvUnit : Sequential
        {
            public ConvUnit(long i, long o) : base(("conv", Conv2d(i, o, 3)), ("norm", BatchNorm2d(o)), ("act", ReLU())) { }
        }

        public class Grown : Sequential
        {
            public Grown() : base(Linear(4, 4)) { append(ReLU()); append("last", Linear(4, 4)); }
        }

        public static class Factory
        {
            public static Module<Tensor, Tensor> Make(long n) => Linear(n, n);
            public static Sequential Stack(params Module<Tensor, Tensor>[] parts) => Sequential(parts);
            public static IEnumerable<Module<Tensor, Tensor>> Each(int n) { for (var i = 0; i < n; i++) { yield return Linear(4, 4); yield return Dropout(); } }
        }
        """;

    private static readonly (string Member, string Constructor, string Expected)[] Cases =
    [
        ("Module<Tensor, Tensor> {0}", "{0} = Linear(4, 4);", "{0}: linear"),
        ("Linear {0}", "{0} = Linear(4, 4);", "{0}: linear"),
        ("Conv2d {0}", "{0} = Conv2d(3, 4, 3);", "{0}: conv2d"),
        ("Module<Tensor, Tensor> {0}", "{0} = flag ? Linear(4, 4) : Identity();", "{0}: linear"),
        ("Module<Tensor, Tensor> {0}", "{0} = flag ? Linear(4, 4) : Conv1d(4, 4, 3);", "{0}: linear?; {0}: conv1d?"),
        ("Module<Tensor, Tensor> {0}", "if (flag) {0} = Linear(4, 4); else {0} = LayerNorm(4);", "{0}: linear?"),
        ("Sequential {0}", "{0} = Sequential(Linear(4, 4), ReLU(), Linear(4, 4));", "{0}.0: linear; {0}.2: linear"),
        ("Module<Tensor, Tensor> {0}", "{0} = Sequential(Conv2d(3, 4, 3), Sequential(ReLU(), Conv2d(4, 4, 1)));", "{0}.0: conv2d; {0}.1.1: conv2d"),
        ("Sequential {0}", "{0} = Sequential((\"fc\", Linear(4, 4)), (\"act\", ReLU()), (\"out\", Linear(4, 4)));", "{0}.fc: linear; {0}.out: linear"),
        ("Sequential {0}", "{0} = Sequential([(\"fc\", Linear(4, 4)), (\"act\", ReLU())]);", "{0}.fc: linear"),
        ("Sequential {0}", "{0} = Sequential(); {0}.append(Linear(4, 4)); {0}.append(\"two\", Linear(4, 4)); {0}.append(ReLU()).append(Linear(4, 4));", "{0}.0: linear; {0}.two: linear; {0}.3: linear"),
        ("Sequential {0}", "{0} = Sequential().append(Linear(4, 4)).append(\"x\", Conv1d(4, 4, 3));", "{0}.0: linear; {0}.x: conv1d"),
        ("Sequential {0}", "{0} = Sequential(); for (var i = 0; i < n; i++) { {0}.append(Linear(4, 4)); {0}.append(ReLU()); }", "{0}.*: linear"),
        ("Sequential {0}", "{0} = Sequential(); for (var i = 0; i < n; i++) {0}.append($\"layer{i}\", Linear(4, 4));", "{0}.?: linear"),
        ("Sequential {0}", "var list = new List<Module<Tensor, Tensor>>(); list.Add(Linear(4, 4)); list.Add(ReLU()); list.Add(Linear(4, 4)); {0} = Sequential(list);", "{0}.0: linear; {0}.2: linear"),
        ("Sequential {0}", "var list = new List<Module<Tensor, Tensor>>(); for (var i = 0; i < n; i++) { list.Add(Linear(4, 4)); list.Add(LayerNorm(4)); } {0} = Sequential(list.ToArray());", "{0}.*: linear?"),
        ("Sequential {0}", "var list = new List<(string, Module<Tensor, Tensor>)> { (\"a\", Linear(4, 4)) }; list.Add((\"b\", Conv1d(4, 4, 3))); {0} = Sequential(list);", "{0}.a: linear; {0}.b: conv1d"),
        ("Sequential {0}", "{0} = Sequential(new Module<Tensor, Tensor>[] { Linear(4, 4), ReLU() });", "{0}.0: linear"),
        ("Sequential {0}", "{0} = Sequential(Enumerable.Range(0, n).Select(i => (Module<Tensor, Tensor>)Linear(4, 4)));", "{0}.*: linear"),
        ("Sequential {0}", "{0} = Sequential(Enumerable.Range(0, n).Select(i => ($\"l{i}\", (Module<Tensor, Tensor>)Linear(4, 4))).ToArray());", "{0}.?: linear"),
        ("Sequential {0}", "Module<Tensor, Tensor>[] parts = [Linear(4, 4), ReLU()]; {0} = Sequential([.. parts, Conv1d(4, 4, 3)]);", "{0}.0: linear; {0}.2: conv1d"),
        ("Sequential {0}", "{0} = Sequential(new Own(), new Marked(), new ConvUnit(3, 4));", "{0}.0: below; {0}.2: below; {0}.0: Tests.Own; {0}.1: Tests.Marked; {0}.2: Tests.ConvUnit"),
        ("ConvUnit {0}", "{0} = new ConvUnit(3, 4);", "{0}: below; {0}: Tests.ConvUnit"),
        ("Grown {0}", "{0} = new Grown();", "{0}: below; {0}: Tests.Grown"),
        ("Own {0}", "{0} = new Own(5);", "{0}: below; {0}: Tests.Own"),
        ("ModuleList<Module<Tensor, Tensor>> {0}", "{0} = new(); for (var i = 0; i < n; i++) {0}.Add(Linear(4, 4));", "{0}.*: linear"),
        ("ModuleList<Module<Tensor, Tensor>> {0}", "{0} = ModuleList<Module<Tensor, Tensor>>(Linear(4, 4), LayerNorm(4), Conv1d(4, 4, 3));", "{0}.*: linear?; {0}.*: conv1d?"),
        ("ModuleList<Sequential> {0}", "{0} = new ModuleList<Sequential>(); foreach (var w in new[] { 1, 2 }) { var part = Sequential(Linear(4, 4), ReLU()); if (w > 1) part.append(Linear(4, 4)); {0}.Add(part); }", "{0}.*.*: linear"),
        ("ModuleList<Own> {0}", "{0} = new(); {0}.extend(Enumerable.Range(0, n).Select(_ => new Own()));", "{0}.*: below; {0}.*: Tests.Own"),
        ("ModuleDict<Module<Tensor, Tensor>> {0}", "{0} = new(); {0}.Add(\"q\", Linear(4, 4)); {0}.Add((\"k\", Linear(4, 4)));", "{0}.q: linear; {0}.k: linear"),
        ("ModuleDict<Module<Tensor, Tensor>> {0}", "{0} = ModuleDict<Module<Tensor, Tensor>>((\"q\", Linear(4, 4)), (\"k\", Conv1d(4, 4, 3)));", "{0}.q: linear; {0}.k: conv1d"),
        ("ModuleDict<Module<Tensor, Tensor>> {0}", "{0} = new(); for (var i = 0; i < n; i++) {0}.Add($\"e{i}\", Linear(4, 4));", "{0}.?: linear"),
        ("Module<Tensor, Tensor> {0}", "var fc = Linear(4, 4); var act = ReLU(); {0} = Sequential(fc, act);", "{0}.0: linear"),
        ("Module<Tensor, Tensor> {0}", "{0} = MakeStatic(4);", "{0}.0: linear; {0}.2: linear"),
        ("Module<Tensor, Tensor> {0}", "{0} = MakeOwn(true);", "{0}: linear?; {0}: conv2d?"),
        ("Module<Tensor, Tensor> {0}", "Module<Tensor, Tensor> Local(long m) => Conv1d(m, m, 3); {0} = Local(4);", "{0}: conv1d"),
        ("Module<Tensor, Tensor> {0}", "Func<long, Module<Tensor, Tensor>> make = m => Conv1d(m, m, 3); {0} = Sequential(make(3), ReLU(), make(4));", "{0}.0: conv1d; {0}.2: conv1d"),
        ("Module<Tensor, Tensor> {0}", "{0} = Factory.Make(4);", "{0}: linear"),
        ("Module<Tensor, Tensor> {0}", "{0} = Factory.Stack(Linear(4, 4), ReLU(), Conv1d(4, 4, 3));", "{0}.0: linear; {0}.2: conv1d"),
        ("Sequential {0}", "{0} = Sequential(Factory.Each(n));", "{0}.*: linear"),
        ("Sequential {0}", "{0} = Filled(n);", "{0}.*: linear"),
        ("Sequential {0}", "var list = new List<Module<Tensor, Tensor>>(); FillList(list, n); {0} = Sequential(list);", "{0}.*: linear"),
        ("Module<Tensor, Tensor> {0}", "{0} = WithFactory(m => Linear(m, m));", "{0}.0: linear; {0}.1: linear"),
        ("Module<Tensor, Tensor> {0}", "{0} = WithFactory(MakeStatic);", "{0}.0.0: linear; {0}.0.2: linear; {0}.1.0: linear; {0}.1.2: linear"),
        ("Module<Tensor, Tensor>[] {0}", "{0} = new Module<Tensor, Tensor>[n]; for (var i = 0; i < n; i++) { {0}[i] = Linear(4, 4); register_module(\"reg_\" + i, {0}[i]); }", "?: linear"),
        ("Module<Tensor, Tensor>[] {0}", "{0} = [Linear(4, 4), Conv1d(4, 4, 3)]; register_module(\"{0}_0\", {0}[0]); add_module(\"{0}_1\", {0}[1]);", "{0}_0: linear?; {0}_0: conv1d?; {0}_1: linear?; {0}_1: conv1d?"),
        ("int {0}", "var hidden = Linear(4, 4); register_module(\"{0}_by_hand\", hidden); {0} = 1;", "{0}_by_hand: linear"),
        ("Module<Tensor, Tensor> {0}", "{0} = given;", "{0}: below"),
        ("Sequential {0}", "{0} = Sequential(Linear(4, 4), given, ReLU());", "{0}.0: linear; {0}.1: below"),
        ("Sequential {0}", "{0} = Sequential(all);", "{0}.*: below"),
        ("Module<Tensor, Tensor> {0}", "switch (n) { case 1: {0} = Linear(4, 4); break; default: {0} = n switch { 2 => Linear(4, 4), _ => Sequential(Conv1d(4, 4, 3)) }; break; }", "{0}: linear?; {0}.0: conv1d"),
        ("ModuleList<ModuleList<Module<Tensor, Tensor>>> {0}", "{0} = new(); for (var i = 0; i < n; i++) { var row = new ModuleList<Module<Tensor, Tensor>>(); row.Add(Linear(4, 4)); {0}.Add(row); }", "{0}.*.*: linear"),
        ("(Module<Tensor, Tensor> A, int B) {0}", "{0} = (Linear(4, 4), 1);", ""),
        ("Module<Tensor, Tensor> {0}", "Module<Tensor, Tensor> b; ({0}, b) = (Linear(4, 4), ReLU());", "{0}: linear"),
        ("Module<Tensor, Tensor> {0}", "{0} = Sequential(Linear(4, 4)).to(CPU);", "{0}.0: linear"),
        ("Module<Tensor, Tensor> {0}", "{0} = ConvTranspose2d(4, 4, 3);", "{0}: ConvTranspose2d"),
        ("Module<Tensor, Tensor> {0}", "{0} = Recursive(n);", "{0}: linear?; {0}.0: linear; {0}.1: below"),
        ("Embedding {0}", "{0} = Embedding(9, 4);", "{0}: embedding"),
    ];

    [Fact]
    public void Every_form_has_its_path()
    {
        var members = string.Join("\n", Cases.Select((c, i) => $"    private readonly {c.Member.Replace("{0}", Name(i), StringComparison.Ordinal)};"));
        var lines = string.Join("\n", Cases.Select((c, i) => $"        {{ {c.Constructor.Replace("{0}", Name(i), StringComparison.Ordinal)} }}"));
        var places = Places($$"""
            namespace Tests;
            {{Blocks}}
            [ReparamModel, ShiftAdd(4)] public sealed partial class Net : Module<Tensor, Tensor>
            {
            {{members}}
                public Net(int n, bool flag, Module<Tensor, Tensor> given, Module<Tensor, Tensor>[] all) : base("Net")
                {
            {{lines}}
                    RegisterComponents();
                }

                private static Module<Tensor, Tensor> MakeStatic(long n) { var first = Linear(n, n); return Sequential(first, ReLU(), Linear(n, n)); }
                private Module<Tensor, Tensor> MakeOwn(bool flag) { if (flag) return Linear(4, 4); return Conv2d(4, 4, 3); }
                private static Sequential Filled(int n) { var made = Sequential(); for (var i = 0; i < n; i++) made.append(Linear(4, 4)); return made; }
                private static void FillList(List<Module<Tensor, Tensor>> list, int n) { for (var i = 0; i < n; i++) list.Add(Linear(4, 4)); }
                private static Module<Tensor, Tensor> WithFactory(Func<long, Module<Tensor, Tensor>> make) => Sequential(make(4), make(4));
                private static Module<Tensor, Tensor> Recursive(int n) => n == 0 ? Linear(4, 4) : Sequential(Linear(4, 4), Recursive(n - 1));
                public override Tensor forward(Tensor x) => x;
            }
            """);
        var expected = Cases.Select((c, i) => $"{i}: {c.Constructor} -> {c.Expected.Replace("{0}", Name(i), StringComparison.Ordinal)}");
        var found = Cases.Select((c, i) => $"{i}: {c.Constructor} -> {string.Join("; ", places.Where(p => Belongs(p, i)))}");
        var differences = expected.Zip(found).Where(pair => pair.First != pair.Second).Select(pair => $"- {pair.First}\n+ {pair.Second}").ToArray();
        Assert.True(differences.Length == 0, string.Join("\n", differences));

        bool Belongs(string place, int i) => System.Text.RegularExpressions.Regex.IsMatch(place, $@"^{Name(i)}(_|\.|:)") || (Cases[i].Expected.StartsWith('?') && place.StartsWith('?'));
    }

    [Theory]
    [InlineData("Own", "a: linear; b: conv2d; inner.0: linear")]
    [InlineData("ConvUnit", "conv: conv2d")]
    [InlineData("Grown", "0: linear; last: linear")]
    public void A_class_without_a_mark_has_a_manifest_where_it_is_reached(string type, string expected)
    {
        var source = $$"""
            namespace Tests;
            {{Blocks}}
            [ReparamModel] public sealed partial class Net : Module<Tensor, Tensor>
            {
                private readonly Sequential all = Sequential(new Own(), new ConvUnit(3, 4), new Grown());
                public Net() : base("Net") { RegisterComponents(); }
                public override Tensor forward(Tensor x) => all.call(x);
            }
            """;
        Assert.Equal(expected, string.Join("; ", Places(source, type)));
        Assert.Contains("\"reached\": true", GeneratorRun.Of(source).File($"Tests.{type}.Manifest.g.cs"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_marked_class_nested_in_one_that_is_not_partial_has_a_manifest()
    {
        const string Source = """
            namespace Tests;
            public class Outer
            {
                [ReparamModule] public partial class Block : Module<Tensor, Tensor>
                {
                    private readonly Linear fc = Linear(4, 4);
                    public Block() : base("Block") { RegisterComponents(); }
                    public override Tensor forward(Tensor x) => fc.call(x);
                }
            }

            [ReparamModel] public sealed partial class Net : Module<Tensor, Tensor>
            {
                private readonly Outer.Block block = new();
                public Net() : base("Net") { RegisterComponents(); }
                public override Tensor forward(Tensor x) => block.call(x);
            }
            """;
        Assert.Equal("block: Tests.Outer+Block", string.Join("; ", Places(Source)));
        Assert.Equal("fc: linear", string.Join("; ", Places(Source, "Outer+Block")));
    }

    // The places of a class: layers, what is below, other layers and children, all by their paths.
    private static string[] Places(string source, string type = "Net")
    {
        var run = GeneratorRun.Of(source);
        Assert.Empty(run.Output.GetDiagnostics().Where(d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error).Select(d => d.ToString()));
        var attribute = run.Output.Assembly.GetAttributes().Single(a => a.AttributeClass!.Name == "ReparamManifestAttribute" && (string?)a.ConstructorArguments[0].Value == $"Tests.{type}");
        using var json = JsonDocument.Parse((string)attribute.ConstructorArguments[1].Value!);
        return
        [
            .. Lines("layers", e => e.GetProperty("kind").GetString() + (e.TryGetProperty("some", out _) ? "?" : "")),
            .. Lines("below", _ => "below"),
            .. Lines("others", e => e.GetProperty("type").GetString()!),
            .. Lines("children", e => e.GetProperty("module").GetString()!),
        ];

        string[] Lines(string name, Func<JsonElement, string> describe) => json.RootElement.TryGetProperty(name, out var list)
            ? [.. list.EnumerateArray().Select(e => $"{e.GetProperty("path").GetString()}: {describe(e)}")]
            : [];
    }

    private static string Name(int i) => $"m{i}x";
}
