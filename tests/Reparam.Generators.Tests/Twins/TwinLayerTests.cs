namespace Reparam.Generators.Tests.Twins;

/// <summary>Every layer compiles in a twin, by <c>forward</c> and by <c>call</c>, declared by its own type, and gives what TorchSharp gives.</summary>
public class TwinLayerTests
{
    // Each layer takes a reshaped part of the input.
    private static readonly (string Layer, string Shape)[] Layers =
    [
        ("CELU(0.5)", "2, 6"), ("ELU()", "2, 6"), ("SELU()", "2, 6"), ("GELU()", "2, 6"), ("GLU(1)", "2, 6"), ("Hardshrink()", "2, 6"),
        ("Softshrink()", "2, 6"), ("Hardsigmoid()", "2, 6"), ("Hardswish()", "2, 6"), ("Hardtanh(-0.5, 0.5, true)", "2, 6"), ("LeakyReLU(0.2)", "2, 6"),
        ("RReLU()", "2, 6"), ("PReLU(6)", "2, 6"), ("ReLU()", "2, 6"), ("ReLU6(true)", "2, 6"), ("LogSigmoid()", "2, 6"), ("LogSoftmax(1)", "2, 6"),
        ("Mish()", "2, 6"), ("Sigmoid()", "2, 6"), ("SiLU()", "2, 6"), ("Softmax(1)", "2, 6"), ("Softmin(1)", "2, 6"), ("Softmax2d()", "1, 3, 2, 2"),
        ("Softplus()", "2, 6"), ("Softsign()", "2, 6"), ("Tanh()", "2, 6"), ("Tanhshrink()", "2, 6"), ("Threshold(0.1, 3)", "2, 6"), ("Identity()", "2, 6"),
        ("Dropout(0.1)", "2, 6"), ("Dropout1d(0.1)", "1, 2, 6"), ("Dropout2d(0.1)", "1, 2, 2, 3"), ("Dropout3d(0.1)", "1, 1, 2, 2, 3"),
        ("AlphaDropout(0.1)", "2, 6"), ("FeatureAlphaDropout(0.1)", "1, 2, 6"), ("Flatten(0, 1)", "2, 6"), ("Linear(6, 3)", "2, 6"),
        ("LayerNorm(6)", "2, 6"), ("BatchNorm1d(6)", "2, 6"), ("BatchNorm2d(3)", "1, 3, 2, 2"), ("Conv1d(2, 3, 3)", "1, 2, 6"),
        ("Conv2d(2, 3, 2)", "1, 2, 3, 2"), ("MaxPool2d(2)", "1, 3, 2, 2"), ("AvgPool2d(2)", "1, 3, 2, 2"), ("AdaptiveAvgPool2d(1)", "1, 3, 2, 2"),
        ("Conv3d(1, 2, 2)", "1, 1, 3, 2, 2"), ("Conv2d(2, 3, 2, padding: 1, padding_mode: PaddingModes.Reflect)", "1, 2, 3, 2"),
        ("ConvTranspose1d(2, 3, 2)", "1, 2, 6"), ("ConvTranspose2d(2, 3, 2, stride: 2)", "1, 2, 3, 2"), ("ConvTranspose3d(1, 2, 2)", "1, 1, 3, 2, 2"),
        ("BatchNorm3d(1)", "1, 1, 3, 2, 2"), ("GroupNorm(1, 2)", "1, 2, 6"), ("InstanceNorm1d(2)", "1, 2, 6"),
        ("InstanceNorm2d(2, affine: true, track_running_stats: true)", "1, 2, 3, 2"), ("InstanceNorm3d(1)", "1, 1, 3, 2, 2"), ("LocalResponseNorm(2)", "1, 2, 3, 2"),
        ("MaxPool1d(2)", "1, 2, 6"), ("MaxPool3d(2)", "1, 1, 3, 2, 2"), ("AvgPool1d(2)", "1, 2, 6"), ("AvgPool3d(2)", "1, 1, 3, 2, 2"), ("AdaptiveAvgPool1d(2)", "1, 2, 6"),
        ("AdaptiveAvgPool3d(1)", "1, 1, 3, 2, 2"), ("AdaptiveMaxPool1d(2)", "1, 2, 6"), ("AdaptiveMaxPool2d([1, 2])", "1, 2, 3, 2"), ("LPPool1d(2, 2)", "1, 2, 6"),
        ("LPPool2d(2, 2)", "1, 2, 3, 2"), ("ZeroPad2d(1)", "1, 2, 3, 2"), ("ConstantPad1d(1, 2.0)", "1, 2, 6"), ("ReflectionPad1d(1)", "1, 2, 6"), ("ReflectionPad2d((1, 0, 1, 0))", "1, 2, 3, 2"),
        ("ReplicationPad2d(1)", "1, 2, 3, 2"), ("ReplicationPad3d(1)", "1, 1, 3, 2, 2"), ("PixelShuffle(2)", "1, 4, 3, 1"),
        ("PixelUnshuffle(2)", "1, 3, 2, 2"), ("ChannelShuffle(2)", "1, 4, 3, 1"), ("Unfold(2)", "1, 2, 3, 2"), ("Unflatten(1, [2, 3])", "2, 6"),
        ("Upsample(scale_factor: [2.0, 2.0])", "1, 2, 3, 2"), ("Upsample([3, 4], mode: UpsampleMode.Bilinear)", "1, 2, 3, 2"),
        ("TransformerEncoderLayer(4, 2, 8)", "3, 1, 4"),
    ];

    [Fact]
    public void Every_layer_is_called_and_forwarded()
    {
        var fields = string.Join("\n", Layers.Select((l, i) => $"private readonly {l.Layer[..l.Layer.IndexOf('(')]} layer{i};"));
        var made = string.Join("\n", Layers.Select((l, i) => $"layer{i} = nn.{l.Layer};"));
        var used = string.Join("\n", Layers.Select((l, i) => $$"""
            outputs.Add(layer{{i}}.forward(x.clone().reshape({{l.Shape}})).flatten());
            outputs.Add(layer{{i}}.call(x.clone().reshape({{l.Shape}})).flatten());
            """));
        using var parity = new Parity($$"""
            namespace Tests;

            [ReparamModel]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                {{fields}}

                public Net() : base(nameof(Net))
                {
                    {{made}}
                    RegisterComponents();
                    eval();
                }

                public override Tensor forward(Tensor x)
                {
                    var outputs = new List<Tensor>();
                    {{used}}
                    return cat(outputs);
                }
            }
            """);
        parity.AssertSameForward(null, Values(12), 12);
    }

    [Fact]
    public void Layers_of_several_inputs_and_outputs()
    {
        using var parity = new Parity("""
            namespace Tests;

            [ReparamModel]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                private readonly LSTM lstm = LSTM(4, 6, numLayers: 2, batchFirst: true, bidirectional: true);
                private readonly GRU gru = GRU(12, 8);
                private readonly RNN rnn = RNN(8, 8, nonLinearity: NonLinearities.ReLU);
                private readonly GRUCell cell = GRUCell(8, 8);
                private readonly MultiheadAttention attention = MultiheadAttention(8, 2);
                private readonly TransformerEncoder encoder;
                private readonly Transformer transformer = Transformer(8, 2, 1, 1, 16);
                private readonly Bilinear bilinear = Bilinear(8, 8, 8);
                private readonly EmbeddingBag bag = EmbeddingBag(7, 8);
                private readonly CrossEntropyLoss loss = CrossEntropyLoss();
                private readonly MaxPool2d pool = MaxPool2d(2);
                private readonly MaxUnpool2d unpool = MaxUnpool2d(2);

                public Net() : base(nameof(Net))
                {
                    encoder = TransformerEncoder(TransformerEncoderLayer(8, 2, 16, activation: Activations.GELU), 2);
                    RegisterComponents();
                    eval();
                }

                public override Tensor forward(Tensor x)
                {
                    var stages = new List<Tensor>();
                    var (y, h, c) = lstm.call(x);
                    (y, h, _) = lstm.call(x, (h, c));

                    // libtorch's own results of an LSTM differ with and without gradients; its parity is tested where gradients are on.
                    y = y * 0 + cat([x, x, x], -1);
                    (y, var state) = gru.call(y);
                    stages.Add(y.flatten());
                    (y, _) = rnn.forward(y, state);
                    stages.Add(y.flatten());
                    y = y + cell.forward(y[0], state[0]);
                    stages.Add(y.flatten());
                    var (mixed, weights) = attention.call(y, y, y);
                    stages.Add(mixed.flatten());
                    y = encoder.call(mixed + weights.mean());
                    stages.Add(y.flatten());
                    y = encoder.call(y, zeros(y.shape[0], y.shape[0]));
                    stages.Add(y.flatten());
                    y = transformer.call(y, mixed);
                    stages.Add(y.flatten());
                    y = bilinear.call(y, mixed) + bag.call(zeros(2, 3, dtype: int64)).mean();
                    stages.Add(y.flatten());
                    var (values, places) = pool.forward_with_indices(y.reshape(1, 1, -1, 8));
                    y = y + unpool.call(values, places).reshape(y.shape);
                    stages.Add(y.flatten());
                    y = functional.interpolate(y, scale_factor: new double[] { 2 }, mode: InterpolationMode.Linear);
                    stages.Add(functional.normalize(functional.pad(y, (1, 1), PaddingModes.Replicate), dim: -1).flatten());
                    return cat(stages);
                }
            }
            """);
        parity.AssertSameForward(null, Values(2 * 3 * 4), 2, 3, 4);
    }

    [Fact]
    public void A_renamed_argument_of_a_layer_is_found()
    {
        using var parity = new Parity("""
            namespace Tests;

            [ReparamModel]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                private readonly Dropout drop = Dropout(0.5);
                private readonly Sequential act = Sequential(ReLU(), Sigmoid());

                public Net() : base(nameof(Net))
                {
                    RegisterComponents();
                    eval();
                }

                public override Tensor forward(Tensor x)
                {
                    Func<Tensor, Tensor> map = drop.forward;
                    return map(act.forward(tensor: drop.forward(tensor: x))) + drop.call(input: x);
                }
            }
            """);
        parity.AssertSameForward(null, Values(6), 2, 3);
    }

    [Fact]
    public void Containers_in_all_their_forms()
    {
        using var parity = new Parity("""
            namespace Tests;

            [ReparamModule]
            public sealed partial class Block : Sequential
            {
                public Block(int width) : base(("fc", Linear(width, width)), ("act", ReLU()))
                {
                }
            }

            [ReparamModule]
            public sealed partial class Plain : Sequential
            {
                public Plain(int width) : base(Linear(width, width), Tanh())
                {
                }
            }

            [ReparamModel]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                private readonly Sequential named;
                private readonly Sequential empty = Sequential();
                private readonly Sequential listed;
                private readonly Sequential mapped;
                private readonly Sequential array;
                private readonly Module<Tensor, Tensor> nested;
                private readonly Block block;
                private readonly Plain plain;
                private readonly ModuleList<Module<Tensor, Tensor>> list = ModuleList<Module<Tensor, Tensor>>();
                private readonly ModuleDict<Linear> heads = new();
                private readonly ModuleDict<nn.Module> others = ModuleDict(("a", ReLU()), ("b", Linear(4, 4)));
                private readonly ParameterList gains = ParameterList();
                private readonly ParameterDict shifts = new();

                public Net(int width) : base(nameof(Net))
                {
                    named = Sequential(("first", Linear(width, width)), ("act", GELU()), ("second", Linear(width, width)));
                    var modules = new List<Module<Tensor, Tensor>>();
                    for (var i = 0; i < 2; i++)
                    {
                        empty.append($"fc{i}", Linear(width, width));
                        empty.append(ReLU());
                        modules.Add(Linear(width, width));
                        modules.Add(Tanh());
                        list.append(Linear(width, width));
                        heads.Add($"head{i}", Linear(width, width));
                        gains.Add(Parameter(ones(width) * i));
                        shifts.Add($"shift{i}", Parameter(zeros(width) + i));
                    }

                    list.Insert(0, Sequential(Linear(width, width)));
                    list.extend(new Module<Tensor, Tensor>[] { Sigmoid() });
                    listed = Sequential(modules);
                    mapped = Sequential(Enumerable.Range(0, 2).Select(i => ($"layer{i}", (Module<Tensor, Tensor>)Linear(width, width))));
                    array = Sequential(new Module<Tensor, Tensor>[] { Linear(width, width), ReLU() });
                    nested = Sequential(Sequential(("inner", Linear(width, width))), new Block(width));
                    block = new Block(width);
                    plain = new Plain(width);
                    RegisterComponents();
                }

                public override Tensor forward(Tensor x)
                {
                    x = named.call(x) + empty.forward(x) + listed.call(x) + mapped.call(x) + array.call(x) + nested.call(x) + block.call(x) + plain.call(x);
                    foreach (var layer in list)
                    {
                        x = layer.call(x);
                    }

                    for (var i = 0; i < list.Count; i++)
                    {
                        x = list[i].forward(x);
                    }

                    foreach (var (name, head) in heads)
                    {
                        x = x + (name == "head1" ? head.call(x) : head.forward(x) * 2);
                    }

                    if (heads.ContainsKey("head0") && others["b"] is Linear other && heads.TryGetValue("head1", out var found))
                    {
                        x = heads["head0"].call(x) + other.call(x) + found.call(x) + ((Module<Tensor, Tensor>)others["a"]).call(x);
                    }

                    x = x * gains[1] + shifts["shift1"];
                    foreach (var gain in gains)
                    {
                        x = x + gain;
                    }

                    x = x + named[0].call(x) + named[1..].call(x) + named[(0, 2)].call(x) * named.Count;
                    return x + heads.values().Count() + heads.keys().First().Length + heads.Keys.Count;
                }
            }
            """, 4);
        parity.AssertSameForward(null, Values(12), 3, 4);
    }

    [Fact]
    public void Reflection_over_modules()
    {
        using var parity = new Parity("""
            namespace Tests;

            [ReparamModule]
            public sealed partial class Part : Module<Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor>
            {
                private readonly Linear fc = Linear(4, 4);
                private readonly Tensor cached;

                public Part() : base(nameof(Part))
                {
                    cached = arange(4, float32);
                    register_buffer("kept", ones(4) * 3);
                    register_buffer("temporary", ones(4) * 5, persistent: false);
                    register_parameter("scale", Parameter(ones(4)));
                    register_module("extra", Linear(4, 4));
                    RegisterComponents();
                }

                public override Tensor forward(Tensor a, Tensor b, Tensor c, Tensor d, Tensor e, Tensor f) =>
                    fc.call(a) + b + c + d + e + f + get_buffer("kept")! + get_buffer("temporary")! * get_parameter("scale")! + cached;
            }

            [ReparamModel]
            public sealed partial class Net : Module<Tensor, Tensor>
            {
                private readonly Part part = new();
                private readonly Sequential body = Sequential(("fc", Linear(4, 4)), ("act", ReLU()));

                public Net() : base(nameof(Net))
                {
                    RegisterComponents();
                    apply(m =>
                    {
                        if (m is Linear linear)
                        {
                            init.xavier_uniform_(linear.weight);
                            init.zeros_(linear.bias);
                        }
                    });
                    foreach (var p in parameters())
                    {
                        if (p.dim() > 1)
                        {
                            init.kaiming_normal_(p, mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU);
                        }
                    }

                    foreach (var (_, module) in named_modules())
                    {
                        module.eval();
                    }

                    eval();
                    this.to(CPU);
                }

                public override Tensor forward(Tensor x)
                {
                    x = body.call(part.call(x, x, x, x, x, x));
                    var names = string.Join(",", named_parameters().Select(p => p.name)) + string.Join(",", named_buffers().Select(b => b.name));
                    names += string.Join(",", named_children().Select(c => c.name)) + string.Join(",", named_modules().Select(c => c.name)) + GetName() + name;
                    names += string.Join(",", state_dict().Keys);
                    var sum = names.Aggregate(0, (hash, c) => (hash * 31 + c) % 1000);
                    return x + sum + parameters().Count() + modules().Count() + children().Count() + buffers().Count() + (training ? 1 : 0)
                        + (part.has_parameter("scale") ? 10 : 0) + (part.has_buffer("none") ? 20 : 0);
                }
            }
            """);
        parity.AssertSameForward(null, Values(12), 3, 4);
    }

    private static float[] Values(int count) => [.. Enumerable.Range(0, count).Select(i => MathF.Sin(1.7f * i) + 0.1f * (i % 3))];
}
