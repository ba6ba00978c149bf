namespace Reparam.Generators.Tests.Twins;

/// <summary>A model and its twin give the same numbers on the same checkpoint.</summary>
public class TwinParityTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void A_perceptron(int batch)
    {
        using var parity = new Parity("""
            namespace Tests;

            public sealed record Sizes(int Inputs, int Hidden, int Outputs, float Slope = 0.1f);

            [ReparamModel]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                private readonly float slope;
                private readonly Func<Tensor, Tensor> activation;

                public Net(int inputs, int hidden, int outputs) : base(nameof(Net))
                {
                    slope = 0.1f;
                    activation = x => functional.relu(x) + slope * x;
                    Fc1 = Linear(inputs, hidden);
                    Fc2 = Linear(hidden, outputs, hasBias: false);
                    Gain = Parameter(ones(outputs) * 3);
                    RegisterComponents();
                }

                public partial Module<Tensor, Tensor> Fc1 { get; private set; }
                public partial Module<Tensor, Tensor> Fc2 { get; private set; }
                public partial Parameter Gain { get; private set; }

                public override Tensor forward(Tensor x) => Fc2.call(activation(Fc1.call(x))) * Gain - x.mean();
            }
            """, 7, 13, 3);
        parity.AssertSameForward(null, Values(batch * 7), batch, 7);
    }

    [Theory]
    [InlineData("R.call(y);")]
    [InlineData("G.call(y);")]
    [InlineData("y.relu_();")]
    [InlineData("functional.relu(y, inplace: true);")]
    [InlineData("R.call(y.transpose(0, 1));")]
    [InlineData("y = y + R.call(y);")]
    [InlineData("S.call(y);")]
    [InlineData("R.call(y.narrow(0, 0, 2));")]
    public void Activations_in_place_overwrite_their_input(string statement)
    {
        using var parity = new Parity($$"""
            namespace Tests;

            [ReparamModel]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                private readonly Module<Tensor, Tensor> R = ReLU(inplace: true);
                private readonly Module<Tensor, Tensor> G = GELU(TorchSharp.Modules.GELU.Approximate.tanh, inplace: true);
                private readonly Module<Tensor, Tensor> S = Sequential(Dropout(0.1, inplace: true), ReLU(inplace: true));

                public Net() : base(nameof(Net))
                {
                    Fc1 = Linear(5, 6);
                    Fc2 = Linear(6, 3);
                    RegisterComponents();
                    eval();
                }

                public partial Module<Tensor, Tensor> Fc1 { get; private set; }
                public partial Module<Tensor, Tensor> Fc2 { get; private set; }

                public override Tensor forward(Tensor x)
                {
                    var y = Fc1.call(x);
                    var before = y.clone();
                    {{statement}}
                    return Fc2.call(y) + before.mean();
                }
            }
            """);
        parity.AssertSameForward(null, Values(4 * 5), 4, 5);
    }

    [Fact]
    public void Attention_with_rotary_positions_and_a_cache()
    {
        using var parity = new Parity(Decoder, 12, 3, 2);
        var cache = parity.Make("Tests.Cache", 16, 3, 4);
        parity.AssertSameForward(cache, Values(5 * 12), 5, 12);
        parity.AssertSameForward(cache, Values(12), 1, 12);
        parity.AssertSameForward(cache, Values(2 * 12), 2, 12);
    }

    [Fact]
    public void Fused_operations_of_the_training_library()
    {
        using var parity = new Parity("""
            using Reparam.Training;

            namespace Tests;

            [ReparamModel]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                private readonly Tensor angles;

                public Net(int width) : base(nameof(Net))
                {
                    angles = outer(arange(16, float32), exp(arange(width / 4, float32) * -0.7));
                    Gain = Parameter(ones(width) * 1.5);
                    Query = Linear(width, width);
                    Key = Linear(width, width / 2);
                    Value = Linear(width, width / 2, hasBias: false);
                    Gate = Linear(width, 2 * width);
                    Up = Linear(width, 2 * width);
                    Down = Linear(2 * width, width);
                    RegisterComponents();
                }

                public partial Parameter Gain { get; private set; }
                public partial Module<Tensor, Tensor> Query { get; private set; }
                public partial Module<Tensor, Tensor> Key { get; private set; }
                public partial Module<Tensor, Tensor> Value { get; private set; }
                public partial Module<Tensor, Tensor> Gate { get; private set; }
                public partial Module<Tensor, Tensor> Up { get; private set; }
                public partial Module<Tensor, Tensor> Down { get; private set; }

                public override Tensor forward(Tensor x)
                {
                    var (cos, sin) = (angles.cos(), angles.sin());
                    var (keys, values) = (zeros(1, x.shape[0], x.shape[1] / 2), zeros(1, x.shape[0], x.shape[1] / 2));
                    var y = FusedOperations.RmsNorm(x, Gain, eps: 1e-4);
                    var (query, key, value) = FusedOperations.CallAll(y, Query, Key, third: Value);
                    query = FusedOperations.RotateNeighbours(query, cos, sin, position: 3);
                    key = FusedOperations.RotateHalves(key, cos, sin);
                    y = x + FusedOperations.CachedAttention(query, key, value: value, keys, values, 0);
                    return FusedOperations.AddTo(y, Down, FusedOperations.SwiGlu(y, Gate, Up)) + FusedOperations.SwiGlu(x, up: y);
                }
            }
            """, 12);
        parity.AssertSameForward(null, Values(5 * 12), 5, 12);
        parity.AssertSameForward(null, Values(12), 1, 12);
    }

    [Theory]
    [InlineData(9, 7)]
    [InlineData(8, 8)]
    public void A_convolutional_network(int height, int width)
    {
        using var parity = new Parity("""
            namespace Tests;

            [ReparamModel]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                public Net(int channels) : base(nameof(Net))
                {
                    Conv1 = Conv2d(3, channels, kernel_size: 3, padding: 1);
                    Conv2 = Conv2d(channels, channels, kernel_size: 3, stride: 2, groups: 2, bias: false);
                    Head = Linear(channels, 5);
                    RegisterComponents();
                }

                public partial Module<Tensor, Tensor> Conv1 { get; private set; }
                public partial Module<Tensor, Tensor> Conv2 { get; private set; }
                public partial Module<Tensor, Tensor> Head { get; private set; }

                public override Tensor forward(Tensor x)
                {
                    x = functional.silu(Conv1.call(x));
                    x = functional.relu(Conv2.call(x));
                    return Head.call(x.flatten(2).mean([2]));
                }
            }
            """, 6);
        parity.AssertSameForward(null, Values(2 * 3 * height * width), 2, 3, height, width);
    }

    [Fact]
    public void Every_construct_at_once()
    {
        using var parity = new Parity(Constructs, 6);
        parity.AssertSameForward(null, Values(4 * 6), 4, 6);
        parity.AssertSameForward(null, Values(6), 1, 6);
    }

    private static float[] Values(int count) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin(1.7f * i) + 0.1f * (i % 3))];

    private const string Decoder = """
        namespace Tests;

        [ReparamModule]
        public sealed partial class Cache
        {
            private readonly Tensor keys;
            private readonly Tensor values;

            public Cache(int capacity, int heads, int headDim)
            {
                keys = zeros(heads, capacity, headDim);
                values = zeros(heads, capacity, headDim);
            }

            public long Position { get; private set; }

            public (Tensor Keys, Tensor Values) Append(Tensor key, Tensor value)
            {
                var length = key.shape[1];
                keys.narrow(1, Position, length).copy_(key);
                values.narrow(1, Position, length).copy_(value);
                Position += length;
                return (keys[.., ..(int)Position], values.narrow(1, 0, Position));
            }
        }

        [ReparamModule]
        public static partial class Rotary
        {
            private const double Base = 10000;

            public static Tensor Rotate(this Tensor x, long position)
            {
                var (heads, length, width) = (x.shape[0], x.shape[1], x.shape[^1]);
                var frequencies = pow(Base, arange(0, width, 2, float32) / -(double)width);
                var angles = outer(arange(position, position + length, float32), frequencies);
                var (c, s) = (angles.cos(), angles.sin());
                var pairs = x.view(heads, length, -1, 2);
                var even = pairs[TensorIndex.Ellipsis, 0];
                var odd = pairs.select(-1, 1);
                return stack([even * c - odd * s, even * s + odd * c], dim: -1).view(x.shape);
            }
        }

        [ReparamModule]
        public sealed partial class Norm : Module<Tensor, Tensor>
        {
            private const float Epsilon = 1e-5f;

            public Norm(int width) : base(nameof(Norm))
            {
                Weight = Parameter(ones(width) + 0.5f);
                RegisterComponents();
            }

            public partial Parameter Weight { get; private set; }

            public override Tensor forward(Tensor x) => x * rsqrt(x.square().mean([-1], keepdim: true) + Epsilon) * Weight;
        }

        [ReparamModule]
        public sealed partial class Block : Module<Tensor, Cache, Tensor>
        {
            private readonly int heads;
            private readonly Norm norm;

            public Block(int width, int heads) : base(nameof(Block))
            {
                this.heads = heads;
                norm = new Norm(width);
                QKVProj = Linear(width, 3 * width, hasBias: false);
                Output = Linear(width, width);
                RegisterComponents();
            }

            public partial Module<Tensor, Tensor> QKVProj { get; private set; }
            public partial Module<Tensor, Tensor> Output { get; private set; }

            public override Tensor forward(Tensor x, Cache cache)
            {
                var (length, width) = (x.shape[0], x.shape[1]);
                var position = cache.Position;
                Tensor[] parts = QKVProj.call(norm.call(x)).chunk(3, dim: -1);
                Tensor Heads(Tensor t) => t.reshape(length, heads, -1).transpose(0, 1);
                var (keys, values) = cache.Append(Heads(parts[1]).Rotate(position), Heads(parts[2]));
                var scores = matmul(Heads(parts[0]).Rotate(position), keys.transpose(1, 2)) / Math.Sqrt(width / heads);
                if (length > 1)
                {
                    scores = scores + full(length, keys.shape[1], float.NegativeInfinity).triu(position + 1);
                }

                return x + Output.call(matmul(functional.softmax(scores, -1), values).transpose(0, 1).reshape(length, -1));
            }
        }

        [ReparamModel]
        public sealed partial class Net : Module<Tensor, Cache, Tensor>
        {
            public Net(int width, int heads, int depth) : base(nameof(Net))
            {
                Blocks = new ModuleList<Block>();
                for (var i = 0; i < depth; i++)
                {
                    Blocks.Add(new Block(width, heads));
                }

                Up = Linear(width, 2 * width, hasBias: false);
                Gate = Linear(width, 2 * width, hasBias: false);
                Down = Linear(2 * width, width, hasBias: false);
                RegisterComponents();
            }

            public partial ModuleList<Block> Blocks { get; private set; }
            public partial Module<Tensor, Tensor> Up { get; private set; }
            public partial Module<Tensor, Tensor> Gate { get; private set; }
            public partial Module<Tensor, Tensor> Down { get; private set; }

            public override Tensor forward(Tensor x, Cache cache)
            {
                x = Blocks[0].call(x, cache);
                return x + Down.call(functional.silu(Gate.call(x)) * Up.call(x));
            }
        }
        """;

    private const string Constructs = """
        using F = TorchSharp.torch.nn.functional;
        using T = TorchSharp.torch.Tensor;

        namespace Tests;

        public readonly record struct Settings(int Width, float Scale = 0.5f, string Mode = "plain");

        public static class Numbers
        {
            public const int Two = 2;

            public static int Half(int x) => x / 2;

            public static IEnumerable<int> Evens(this IEnumerable<int> xs) => xs.Where(x => x % 2 == 0);
        }

        [ReparamModule]
        public static partial class Helpers
        {
            public const float Epsilon = 1e-3f;
            public static readonly int[] Steps = [1, 2];

            public static T Twice(T x) => x * 2;

            public static Tensor Times(this Tensor x, int times = 3) => x * times;

            public static (Tensor Low, Tensor High) Split(Tensor x)
            {
                var half = x.shape[^1] / 2;
                return (x[.., ..(int)half], x[TensorIndex.Ellipsis, TensorIndex.Slice(half)]);
            }

            public static TResult Pipe<TResult>(Tensor x, Func<Tensor, TResult> map) where TResult : class => map(x);
        }

        [ReparamModule]
        public sealed partial class Store
        {
            private readonly record struct Entry(Tensor Key, Tensor Value);
            private readonly List<Entry> entries = new();

            public enum Kind { None, Full }

            public Kind Mode { get; init; } = Kind.None;

            public Tensor? Last => entries.Count > 0 ? entries[^1].Value : null;

            public Tensor this[int i] => entries[i].Key;

            public static Store operator +(Store a, Store b)
            {
                a.entries.AddRange(b.entries);
                return a;
            }

            public void Add(Tensor key, Tensor value) => entries.Add(new Entry(key, value) with { Key = -key });

            public IEnumerable<Tensor> Keys()
            {
                foreach (var (key, _) in entries)
                {
                    yield return key;
                }
            }
        }

        [ReparamModule]
        public abstract partial class Scaled : Module<Tensor, Tensor>
        {
            protected readonly Settings settings;
            [TorchSharp.Utils.ComponentName(Name = "gain")] protected readonly Parameter theGain;

            protected Scaled(Settings settings) : base(nameof(Scaled))
            {
                this.settings = settings;
                theGain = new Parameter(torch.ones(settings.Width) * 1.5);
            }

            public override Tensor forward(Tensor input) => input * theGain;

            protected abstract Tensor Act(Tensor x);
        }

        [ReparamModel]
        public sealed partial class Net : Scaled
        {
            private const int Depth = 2;
            private readonly ModuleList<Linear> layers = new();
            private readonly Module<Tensor, Tensor>? extra;
            private readonly Tensor shift;
            private static readonly Dictionary<string, Func<Tensor, Tensor>> Acts = new() { ["twice"] = Helpers.Twice, ["same"] = x => x };

            public Net(int width) : base(new Settings(width) { Scale = 0.25f })
            {
                #region Layers
                for (var i = 0; i < Depth; i++)
                    layers.Add(nn.Linear(width, width, hasBias: i == 0));
                #endregion
                extra = settings is { Width: > 1, Mode: "plain" or "x" } ? Linear(outputSize: width, inputSize: width) : null;
                shift = torch.full(width, 0.125);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                using var scope = torch.NewDisposeScope();
                long[] shape = x.shape;
                var (n, d) = (x.shape[0], x.shape[^1]);
                x = x.view(n, -1)[.., 0..(int)d];
                foreach (var (layer, i) in layers.Select((l, i) => (l, i)))
                {
                    x = i switch
                    {
                        0 => layer.call(x),
                        _ when x.shape is [> 1, _] => Local(layer.call(x), scale: 2) + settings.Scale,
                        _ => x,
                    };
                }

                x = extra?.call(x) ?? x;
                var store = new Store { Mode = Store.Kind.Full };
                store.Add(x, x + shift);
                var joined = store + new Store();
                var total = joined.Keys().Aggregate(zeros(shape), (sum, key) => sum + key);
                var (low, high) = Helpers.Split(total);
                if (high is not null && joined.Last is { } last && last.dim() == 2 && joined[0].shape.Length == 2)
                {
                    total = total + last / 3 + cat([high, low], 1);
                }

                var evens = Enumerable.Range(0, 10).Evens().Count() + Numbers.Two + Numbers.Half(3) + Helpers.Steps.Sum();
                total += evens;
                total = 1 - total;
                total = total.slice(1, 0, d, 1).clone();
                var query = from key in joined.Keys() where key.dim() > 0 select key.sum();
                total = total + query.First();

                Tensor Local(Tensor t, int scale = 1) => base.forward(t) * scale;
                return Act(Helpers.Pipe(total, t => F.tanh(t)).Times(times: 2)).MoveToOuterDisposeScope();
            }

            protected override Tensor Act(Tensor x) => Acts["twice"](x) + Acts[nameof(Acts) == "Acts" ? "same" : ""].Invoke(x) + Helpers.Epsilon;
        }
        """;
}
