using System.Text.RegularExpressions;
using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Flow;

/// <summary>The edges that the manifest of a class has, for forwards of many shapes.</summary>
public class Edges_Snapshot
{

    private static readonly (string Name, string Body)[] Forwards =
    [
        ("chain", "return C.call(B.call(A.call(x)));"),
        ("one value for three", "var y = A.call(x); return B.call(y) + C.call(y) * D.call(y);"),
        ("gate and residual", "return x + D.call(functional.silu(A.call(x)) * B.call(x));"),
        ("gate through a local", "var gate = A.call(x).sigmoid(); var up = B.call(x); return D.call(up * gate);"),
        ("stream of residuals", "x = x + A.call(Norm.call(x)); return x + B.call(Bn.call(x));"),
        ("compound addition", "var y = A.call(x); y += B.call(x); return C.call(y);"),
        ("called twice", "return A.call(A.call(x));"),
        ("in place", "var y = A.call(x); y.add_(1); return B.call(y);"),
        ("in place by an argument", "var y = A.call(x); functional.relu(y, inplace: true); return B.call(y);"),
        ("condition", "var y = A.call(x); if (x.shape[0] > 1) { y = B.call(y); } return C.call(y);"),
        ("conditional expression", "var y = x.shape[0] > 1 ? A.call(x) : B.call(x); return C.call(y);"),
        ("early return", "var y = A.call(x); if (x.shape[0] == 1) { return y; } return B.call(y);"),
        ("switch", "var y = A.call(x); switch (x.shape[0]) { case 1: y = B.call(y); break; case 2: return y; } return C.call(y);"),
        ("switch expression", "return C.call(x.shape[0] switch { 1 => A.call(x), _ => B.call(x) });"),
        ("try", "Tensor y; try { y = A.call(x); } catch (InvalidOperationException) { y = B.call(x); } finally { D.call(x); } return C.call(y);"),
        ("lambda", "Func<Tensor, Tensor> f = v => A.call(v); return B.call(f(x));"),
        ("captured value", "var y = A.call(x); Func<Tensor> f = () => y; return B.call(y) + f();"),
        ("local function", "return B.call(Twice(x)); Tensor Twice(Tensor v) => A.call(v) ;"),
        ("tuple", "var (y, z) = (A.call(x), B.call(x)); (y, z) = (z, y); return C.call(y) + D.call(z);"),
        ("helper", "return C.call(Help(A.call(x)));"),
        ("helper with ref and out", "var y = A.call(x); Swap(ref y, out var z); return C.call(y) + D.call(z);"),
        ("static helper", "return C.call(Scale(A.call(x)));"),
        ("helper that takes a layer", "return Apply(A, x);"),
        ("loop over data", "var y = x; for (var i = 0; i < 3; i++) { y = A.call(y); } return B.call(y);"),
        ("while", "var y = x; while (y.shape[0] > 1) { y = A.call(y); } return B.call(y);"),
        ("list", "var y = A.call(x); foreach (var block in Blocks) { y = block.call(y); } return B.call(y);"),
        ("list by index", "for (var i = 0; i < Blocks.Count; i++) { x = Blocks[i].call(x); } return B.call(x);"),
        ("lists side by side", "for (var i = 0; i < Convs.Count; i++) { x = Norms[i].call(Convs[i].call(x)); } return x;"),
        ("lists side by side, each with an index of its own",
            "for (int i = 0, j = 1; i < Convs.Count; i++, j--) { x = Norms[j].call(Convs[i].call(x)); } return x;"),
        ("lists side by side, an index that is computed",
            "for (var i = 0; i < Convs.Count; i++) { var j = 1 - i; x = Norms[j].call(Convs[i].call(x)); } return x;"),
        ("lists in nested loops",
            "for (var i = 0; i < Convs.Count; i++) { for (var j = 0; j < Norms.Count; j++) { x = Norms[j].call(Convs[i].call(x)); } } return x;"),
        ("elements of lists by a local", "var i = 1; return Norms[i].call(Convs[i].call(x));"),
        ("a list by its elements, another by a count", "var i = 0; foreach (var conv in Convs) { x = Norms[i].call(conv.call(x)); } return x;"),
        ("layer in an array", "var y = Bn.call(Conv.call(x)); foreach (var layer in new[] { Conv }) { y = layer.call(y); } return y;"),
        ("layer in a collection expression", "Module<Tensor, Tensor>[] layers = [Conv]; return layers[0].call(Bn.call(Conv.call(x)));"),
        ("a layer's method handed on", "Func<Tensor, Tensor> f = Conv.call; return f(Bn.call(Conv.call(x)));"),
        ("layer under a name that a pattern gives", "var y = Bn.call(Conv.call(x)); if (Conv is { } again) { y = again.call(y); } return y;"),
        ("value under a name that a pattern gives", "var y = Conv.call(x); return y is { } again ? Bn.call(y) + again : y;"),
        ("layer or value that is tested alone", "var y = Conv.call(x); if (Conv is null || y is null) { return x; } return Bn.call(y);"),
        ("layer in a constructor's lambda", "return again(Bn.call(Again.call(x)));"),
        ("list with a residual", "foreach (var conv in Convs) { x = x + conv.call(x); } return x;"),
        ("list left early", "foreach (var block in Blocks) { x = block.call(x); if (x.shape[0] > 1) { break; } } return x;"),
        ("one element of a list", "return Blocks[0].call(A.call(x));"),
        ("sequential", "return A.call(Stem.call(x));"),
        ("optional module", "return B.call((Maybe?.call(x) ?? x) + A.call(x));"),
        ("module behind a local", "var layer = A; return B.call(layer.call(x));"),
        ("dropout and identity", "return B.call(Drop.call(functional.dropout(A.call(x))));"),
        ("view between", "return B.call(A.call(x).view(1, -1));"),
        ("batch norm", "return functional.relu(Bn.call(Conv.call(x)));"),
        ("batch norm beside another use", "var y = Conv.call(x); return Bn.call(y) + y;"),
        ("batch norm without constants", "return BnUnknown.call(Conv.call(x));"),
        ("weight read", "return functional.linear(x, ((Linear)A).weight!) + B.call(x);"),
        ("kept in a field", "kept = A.call(x); return B.call(kept);"),
        ("child with two inputs", "return Pair.call(A.call(x), B.call(x));"),
        ("child's own layer", "return Pair.Inner.call(A.call(x));"),
        ("stated", "Tensor y = x; for (var i = 0; i < 2; i++) { y = B.call(Stated.call(y)); } return y;"),
        ("another overload", "return A.call(B.forward(x));"),
        ("using scope", "using var scope = NewDisposeScope(); var y = B.call(A.call(x)); return y.MoveToOuterDisposeScope();"),
    ];

    [Fact]
    public void The_edges_of_forwards()
    {
        var texts = Forwards.Select(forward => $"# {forward.Name}\n{forward.Body}\n{string.Join("\n", EdgesOf(forward.Body))}\n");
        Snapshots.Match(string.Join("\n", texts), "Edges.txt");
    }

    private static IEnumerable<string> EdgesOf(string body)
    {
        var source = $$"""
            #pragma warning disable
            namespace Tests;

            [ReparamModule]
            public sealed partial class Two : Module<Tensor, Tensor, Tensor>
            {
                public Two() : base("two") { Inner = Linear(4, 4); RegisterComponents(); }

                public partial Module<Tensor, Tensor> Inner { get; private set; }

                public override Tensor forward(Tensor left, Tensor right) => Inner.call(left) + right;
            }

            [ReparamModule]
            public sealed partial class Block : Module<Tensor, Tensor>
            {
                public Block() : base("block") { Inner = Linear(4, 4); RegisterComponents(); }

                public partial Module<Tensor, Tensor> Inner { get; private set; }

                public override Tensor forward(Tensor hidden) => Inner.call(hidden);
            }

            [ReparamModule]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                private readonly Func<Tensor, Tensor> again;
                private Tensor? kept;

                public Net(double eps, bool more) : base("net")
                {
                    A = Linear(4, 4);
                    B = Linear(4, 4);
                    C = Linear(4, 4);
                    D = Linear(4, 4);
                    E = Linear(4, 4);
                    F = Linear(4, 4);
                    Stated = Linear(4, 4);
                    Norm = LayerNorm(4);
                    Conv = Conv2d(4, 4, 3, bias: false);
                    Bn = BatchNorm2d(4, eps: 0.001);
                    BnUnknown = BatchNorm2d(4, eps: eps);
                    Drop = Dropout(0.1);
                    Stem = Sequential(("conv", Conv2d(3, 4, 3)), ("bn", BatchNorm2d(4)), ("act", ReLU()), ("last", Conv2d(4, 4, 1)));
                    Maybe = more ? Linear(4, 4) : null;
                    Pair = new Two();
                    Blocks = new ModuleList<Block>(new Block(), new Block());
                    Convs = new ModuleList<Module<Tensor, Tensor>>(Conv1d(4, 4, 1), Conv1d(4, 4, 1));
                    Norms = new ModuleList<Module<Tensor, Tensor>>(BatchNorm1d(4), BatchNorm1d(4));
                    Again = Conv2d(4, 4, 3);
                    again = v => Again.call(v);
                    RegisterComponents();
                }

                public partial Module<Tensor, Tensor> Again { get; private set; }
                public partial Module<Tensor, Tensor> A { get; private set; }
                public partial Module<Tensor, Tensor> B { get; private set; }
                public partial Module<Tensor, Tensor> C { get; private set; }
                public partial Module<Tensor, Tensor> D { get; private set; }
                public partial Module<Tensor, Tensor> E { get; private set; }
                public partial Module<Tensor, Tensor> F { get; private set; }
                [Feeds(nameof(B))] public partial Module<Tensor, Tensor> Stated { get; private set; }
                public partial Module<Tensor, Tensor> Norm { get; private set; }
                public partial Module<Tensor, Tensor> Conv { get; private set; }
                public partial Module<Tensor, Tensor> Bn { get; private set; }
                public partial Module<Tensor, Tensor> BnUnknown { get; private set; }
                public partial Module<Tensor, Tensor> Drop { get; private set; }
                public partial Module<Tensor, Tensor> Stem { get; private set; }
                public partial Module<Tensor, Tensor>? Maybe { get; private set; }
                public partial Two Pair { get; private set; }
                public partial ModuleList<Block> Blocks { get; private set; }
                public partial ModuleList<Module<Tensor, Tensor>> Convs { get; private set; }
                public partial ModuleList<Module<Tensor, Tensor>> Norms { get; private set; }

                public override Tensor forward(Tensor x)
                {
                    {{body}}
                }

                private Tensor Help(Tensor v) => F.call(E.call(v));

                private static Tensor Scale(Tensor v) => v;

                private Tensor Apply(Module<Tensor, Tensor> layer, Tensor v) => F.call(layer.call(v));

                private void Swap(ref Tensor v, out Tensor w) { w = v; v = F.call(v); }
            }
            """;
        var manifest = GeneratorRun.Of(source).AssertCompiles().File("Tests.Net.Manifest.g.cs");
        var edges = manifest[manifest.IndexOf("\"edges\"", StringComparison.Ordinal)..];
        return Regex.Matches(edges, "{[^}]*}").Select(edge => edge.Value)
            .Where(edge => !edge.Contains("uses it too") && (body.Contains("Again", StringComparison.Ordinal) || !edge.Contains("\"again\"")));
    }
}
