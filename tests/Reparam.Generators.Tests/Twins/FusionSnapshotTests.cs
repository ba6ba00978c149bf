using System.Text.RegularExpressions;
using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Twins;

/// <summary>What twins run as fused operations, and what they must not.</summary>
public class FusionSnapshotTests
{
    private static readonly (string Name, string Body)[] Forwards =
    [
        ("gate product", "return D.call(functional.silu(A.call(x)) * B.call(x));"),
        ("gate product, methods", "return D.call(A.call(x).silu().mul(B.call(x)));"),
        ("gate and value of different inputs", "return D.call(functional.silu(A.call(x)) * B.call(y));"),
        ("gate of an input that is made twice", "return functional.silu(A.call(x + 1)) * B.call(x + 1);"),
        ("gate of an input that a lambda can change", "Action change = () => x = y; change(); return functional.silu(A.call(x)) * B.call(x);"),
        ("gate of an input that is assigned inside", "return functional.silu(A.call(x)) * B.call(x = y);"),
        ("residual before", "return x + A.call(y);"),
        ("residual behind", "return A.call(y) + x;"),
        ("residual behind that is computed", "return A.call(y) + x.exp();"),
        ("residual before that is computed", "return x.exp() + A.call(y);"),
        ("a number is no residual", "return A.call(y) + 1;"),
        ("layer behind a member that a method assigns", "return x + Changing.call(y);"),
        ("child that ends with a layer", "return x + Ends.call(y);"),
        ("child that ends otherwise", "return x + EndsOtherwise.call(y);"),
        ("child that can be derived from", "return x + Open.call(y);"),
        ("activation of a layer", "return functional.gelu(A.call(x)) + functional.relu(B.call(x));"),
        ("forward of a layer is its call", "return x + A.forward(functional.gelu(B.forward(y)));"),
        ("activation with an option", "return functional.relu(A.call(x).neg());"),
        ("activation of a batch norm of a convolution", "return functional.relu(Norm.call(Conv.call(x))) + Norm.call(Conv.call(y)).silu();"),
        ("end of a residual block", "return functional.relu(Norm.call(Conv.call(x)) + y);"),
        ("end of a residual block, residual first", "return (y.exp() + Norm.call(Conv.call(x))).relu();"),
        ("end of a residual block whose residual is computed behind", "return functional.relu(Norm.call(Conv.call(x)) + y.exp());"),
        ("batch norm of a convolution", "var z = Norm.call(Conv.call(x)); return z * y;"),
        ("activation and residual of a convolution", "return functional.relu(Conv.call(x)) * (y + Conv.call(y));"),
        ("convolutions of one input are no products of one input", "var z = Conv.call(x); var w = Conv.call(x); return z * w;"),
        ("three layers of one input", "var q = A.call(x); var k = B.call(x); var v = C.call(x); return q + k + v;"),
        ("two layers of one input", "var k = A.call(x); Tensor v = B.call(x); return k * v;"),
        ("four layers of one input", "var a = A.call(x); var b = B.call(x); var c = C.call(x); var d = D.call(x); return a * b * c * d;"),
        ("layers of one input with something between", "var k = A.call(x); k = k.exp(); var v = B.call(x); return k * v;"),
        ("layers one behind the other", "var k = A.call(x); var v = B.call(k); return k * v;"),
        ("norm", "return x * rsqrt(x.square().mean([-1], keepdim: true) + 1e-5) * Gain;"),
        ("norm with the gain first", "return Gain * (x * (x.pow(2).mean(new long[] { -1 }, keepdim: true) + eps).rsqrt());"),
        ("norm of another dimension", "return x * rsqrt(x.square().mean([0], keepdim: true) + 1e-5) * Gain;"),
        ("norm of two values", "return x * rsqrt(y.square().mean([-1], keepdim: true) + 1e-5) * Gain;"),
        ("sum of nested fusions", "return x + D.call(functional.silu(A.call(y)) * B.call(y));"),
        ("arguments on several lines", "return x\n            + D.call(\n                functional.silu(A.call(y)) // gate\n                    * B.call(y));"),
    ];

    [Fact]
    public void Fused_operations_in_forwards()
    {
        var texts = Forwards.Select(forward => $"# {forward.Name}\n{forward.Body}\n{ForwardOf(forward.Body)}\n");
        Snapshots.Match(string.Join("\n", texts), "Fusion.txt");
    }

    [Fact]
    public void A_forward_that_adds_a_residual_and_a_method_that_is_one_operation() => Snapshots.Match(
        GeneratorRun.Of(Source("return x;")).AssertCompiles().File("Tests.Ends.Twin.g.cs").Replace("global::Reparam.Runtime.", "", StringComparison.Ordinal), "Fusion.Ends.txt");

    private static string ForwardOf(string body)
    {
        var twin = GeneratorRun.Of(Source(body)).AssertCompiles().File("Tests.Net.Twin.g.cs").Replace("global::Reparam.Runtime.", "", StringComparison.Ordinal);
        return Regex.Match(twin, @"    public override Tensor Forward\(Tensor x, Tensor y\)\n    \{\n(.*?)\n    \}", RegexOptions.Singleline).Groups[1].Value;
    }

    private static string Source(string body) => $$"""
        #pragma warning disable
        namespace Tests;

        [ReparamModule]
        public sealed partial class Ends : Module<Tensor, Tensor>
        {
            public Ends() : base("ends") { Inner = Linear(4, 4); RegisterComponents(); }

            public partial Module<Tensor, Tensor> Inner { get; private set; }

            public override Tensor forward(Tensor x)
            {
                if (x.shape[0] == 1)
                {
                    return Inner.call(x.exp());
                }

                return Inner.call(Turn(x, x, x, 0));
            }

            private Tensor Turn(Tensor rows, Tensor cos, Tensor sin, long first)
            {
                var pairs = rows.view(rows.shape[0], -1, cos.shape[1], 2);
                var (a, b) = (pairs.select(-1, 0), pairs.select(-1, 1));
                var c = cos.narrow(0, first, rows.shape[0]).unsqueeze(1);
                var s = sin.narrow(0, first, rows.shape[0]).unsqueeze(1);
                return stack([a * c - b * s, a * s + b * c], -1).view(rows.shape);
            }

            private Tensor TurnOtherwise(Tensor rows, Tensor cos, Tensor sin, long first)
            {
                var pairs = rows.view(rows.shape[0], -1, cos.shape[1], 2);
                var (a, b) = (pairs.select(-1, 0), pairs.select(-1, 1));
                var c = cos.narrow(0, first, rows.shape[0]).unsqueeze(1);
                var s = sin.narrow(0, first, rows.shape[0]).unsqueeze(1);
                return stack([a * c + b * s, a * s + b * c], -1).view(rows.shape);
            }
        }

        [ReparamModule]
        public sealed partial class EndsOtherwise : Module<Tensor, Tensor>
        {
            public EndsOtherwise() : base("ends") { Inner = Linear(4, 4); RegisterComponents(); }

            public partial Module<Tensor, Tensor> Inner { get; private set; }

            public override Tensor forward(Tensor x) => Inner.call(x).neg();
        }

        [ReparamModule]
        public partial class Open : Module<Tensor, Tensor>
        {
            public Open() : base("open") { Inner = Linear(4, 4); RegisterComponents(); }

            public partial Module<Tensor, Tensor> Inner { get; private set; }

            public override Tensor forward(Tensor x) => Inner.call(x);
        }

        [ReparamModel]
        public sealed partial class Net : Module<Tensor, Tensor, Tensor>
        {
            private readonly double eps = 1e-6;

            public Net() : base("net")
            {
                A = Linear(4, 4);
                B = Linear(4, 4);
                C = Linear(4, 4);
                D = Linear(4, 4);
                Conv = Conv2d(4, 4, 3);
                Norm = BatchNorm2d(4);
                Changing = Linear(4, 4);
                Ends = new Ends();
                EndsOtherwise = new EndsOtherwise();
                Open = new Open();
                Gain = Parameter(ones(4));
                RegisterComponents();
            }

            public partial Module<Tensor, Tensor> A { get; private set; }
            public partial Module<Tensor, Tensor> B { get; private set; }
            public partial Module<Tensor, Tensor> C { get; private set; }
            public partial Module<Tensor, Tensor> D { get; private set; }
            public partial Conv2d Conv { get; private set; }
            public partial BatchNorm2d Norm { get; private set; }
            public partial Module<Tensor, Tensor> Changing { get; private set; }
            public partial Ends Ends { get; private set; }
            public partial EndsOtherwise EndsOtherwise { get; private set; }
            public partial Open Open { get; private set; }
            public partial Parameter Gain { get; private set; }

            public void Change() => Changing = A;

            public override Tensor forward(Tensor x, Tensor y)
            {
                {{body}}
            }
        }
        """;
}
