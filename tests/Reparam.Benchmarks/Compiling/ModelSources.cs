using System.Globalization;

namespace Reparam.Benchmarks.Compiling;

/// <summary>Files of marked model classes in five ordinary shapes, as a model library has them, and one file that no model reaches.</summary>
internal static class ModelSources
{
    /// <summary>The name of the file that no model reaches.</summary>
    public const string UnrelatedFile = "Settings.cs";

    // What stands before each class.
    private const string Usings = """
        using System;
        using System.Collections.Generic;
        using Reparam;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        namespace Models;


        """;

    private const string Unrelated = """
        using System;
        using System.Collections.Generic;
        using System.Linq;

        namespace Models;

        /// <summary>What an app keeps beside its models.</summary>
        public sealed class Settings
        {
            private readonly Dictionary<string, string> values = [];

            public int Count => values.Count;

            public string Get(string key, string fallback) => values.TryGetValue(key, out var value) ? value : fallback;

            public void Set(string key, string value) => values[key] = value ?? throw new ArgumentNullException(nameof(value));

            public string Text() => string.Join("\n", values.OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => $"{v.Key}={v.Value}"));
        }
        """;

    private const string Mlp = """
        /// <summary>Two layers with an activation between.</summary>
        [ReparamModule]
        [ShiftAdd(3)]
        public partial class Mlp# : Module<Tensor, Tensor>
        {
            private readonly Linear up;
            private readonly Linear down;
            private readonly Dropout dropout;

            public Mlp#(long width, long hidden = @, double rate = 0.1) : base(nameof(Mlp#))
            {
                up = Linear(width, hidden);
                down = Linear(hidden, width, hasBias: false);
                dropout = Dropout(rate);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                var h = functional.gelu(up.call(x));
                h = dropout.call(h);
                return down.call(h);
            }
        }
        """;

    private const string Attention = """
        /// <summary>Causal attention of several heads.</summary>
        [ReparamModule]
        [ShiftAdd(4)]
        public partial class Attention# : Module<Tensor, Tensor>
        {
            private readonly Linear query;
            private readonly Linear key;
            private readonly Linear value;
            private readonly Linear output;
            private readonly long heads;

            public Attention#(long width, long heads = 4) : base(nameof(Attention#))
            {
                if (width % heads != 0)
                {
                    throw new ArgumentException($"The width {width} is no multiple of {heads} heads.", nameof(width));
                }

                this.heads = heads;
                query = Linear(width, width);
                key = Linear(width, width);
                value = Linear(width, width);
                output = Linear(width, width);
                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                var (batch, length, width) = (x.shape[0], x.shape[1], x.shape[2]);
                var q = Split(query.call(x), batch, length);
                var k = Split(key.call(x), batch, length);
                var v = Split(value.call(x), batch, length);
                var scores = q.matmul(k.transpose(-2, -1)) / Math.Sqrt(width / heads);
                var mask = ones(length, length).tril();
                scores = scores.masked_fill(mask == 0, float.NegativeInfinity);
                var mixed = functional.softmax(scores, dim: -1).matmul(v);
                return output.call(mixed.transpose(1, 2).contiguous().view(batch, length, width));
            }

            private Tensor Split(Tensor x, long batch, long length) => x.view(batch, length, heads, -1).transpose(1, 2);
        }
        """;

    private const string Residual = """
        /// <summary>Two convolutions with norms, added to what came in.</summary>
        [ReparamModule]
        [ShiftAdd(4)]
        public partial class Residual# : Module<Tensor, Tensor>
        {
            private readonly Conv2d conv1;
            private readonly Conv2d conv2;
            private readonly BatchNorm2d norm1;
            private readonly BatchNorm2d norm2;
            private readonly Module<Tensor, Tensor>? shortcut;

            public Residual#(long inputs, long outputs = @, long stride = 1) : base(nameof(Residual#))
            {
                conv1 = Conv2d(inputs, outputs, kernel_size: 3, stride: stride, padding: 1, bias: false);
                norm1 = BatchNorm2d(outputs);
                conv2 = Conv2d(outputs, outputs, kernel_size: 3, padding: 1, bias: false);
                norm2 = BatchNorm2d(outputs);
                if (stride != 1 || inputs != outputs)
                {
                    shortcut = Sequential(
                        ("conv", Conv2d(inputs, outputs, kernel_size: 1, stride: stride, bias: false)),
                        ("norm", BatchNorm2d(outputs)));
                }

                RegisterComponents();
            }

            public override Tensor forward(Tensor x)
            {
                var h = functional.relu(norm1.call(conv1.call(x)));
                h = norm2.call(conv2.call(h));
                h = h + (shortcut is null ? x : shortcut.call(x));
                return functional.relu(h);
            }
        }
        """;

    private const string Stack = """
        /// <summary>Blocks one after the other, with norms.</summary>
        [ReparamModel]
        [ShiftAdd(3)]
        public partial class Stack# : Module<Tensor, Tensor>
        {
            private readonly ModuleList<Module<Tensor, Tensor>> attentions = new();
            private readonly ModuleList<Module<Tensor, Tensor>> mlps = new();
            private readonly ModuleList<LayerNorm> norms = new();
            private readonly Embedding tokens;
            private readonly Linear head;

            public Stack#(int depth = 4, long width = @, long vocabulary = 1000) : base(nameof(Stack#))
            {
                tokens = Embedding(vocabulary, width);
                for (var i = 0; i < depth; i++)
                {
                    norms.Add(LayerNorm(width));
                    attentions.Add(new Attention#(width));
                    mlps.Add(new Mlp#(width));
                }

                head = Linear(width, vocabulary, hasBias: false);
                RegisterComponents();
            }

            public override Tensor forward(Tensor ids)
            {
                var x = tokens.call(ids);
                for (var i = 0; i < attentions.Count; i++)
                {
                    x = x + attentions[i].call(norms[i].call(x));
                    x = x + mlps[i].call(x);
                }

                return head.call(x);
            }
        }
        """;

    private const string Classifier = """
        /// <summary>Layers in a Sequential.</summary>
        [ReparamModel]
        [ShiftAdd(4)]
        public partial class Classifier# : Module<Tensor, Tensor>
        {
            private readonly Sequential features;
            private readonly Sequential scores;

            public Classifier#(long classes = 10, double rate = 0.5) : base(nameof(Classifier#))
            {
                var layers = new List<(string, Module<Tensor, Tensor>)>();
                long channels = 3;
                foreach (var width in new long[] { 16, 32, @ })
                {
                    layers.Add(($"conv{width}", Conv2d(channels, width, kernel_size: 3, padding: 1)));
                    layers.Add(($"relu{width}", ReLU()));
                    layers.Add(($"pool{width}", MaxPool2d(2)));
                    channels = width;
                }

                features = Sequential(layers);
                scores = Sequential(
                    ("flat", Flatten()),
                    ("drop", Dropout(rate)),
                    ("hidden", Linear(channels * 16, 128)),
                    ("relu", ReLU()),
                    ("out", Linear(128, classes)));
                RegisterComponents();
            }

            public override Tensor forward(Tensor images)
            {
                using var scope = NewDisposeScope();
                return scores.call(features.call(images)).MoveToOuterDisposeScope();
            }
        }
        """;

    private static readonly (string Name, string Text)[] Shapes =
        [("Mlp", Mlp), ("Attention", Attention), ("Residual", Residual), ("Stack", Stack), ("Classifier", Classifier)];

    /// <summary>The files: one for each class, and the one that no model reaches.</summary>
    /// <param name="classes">Number of marked classes, a multiple of five.</param>
    public static IReadOnlyList<(string Path, string Text)> Files(int classes)
    {
        var files = new List<(string, string)>();
        for (var i = 0; i < classes; i++)
        {
            var (name, text) = Shapes[i % Shapes.Length];
            var number = (i / Shapes.Length).ToString(CultureInfo.InvariantCulture);
            var width = (16 * (1 + (i / Shapes.Length))).ToString(CultureInfo.InvariantCulture);
            files.Add(($"{name}{number}.cs", Usings + text.Replace("#", number, StringComparison.Ordinal).Replace("@", width, StringComparison.Ordinal)));
        }

        files.Add((UnrelatedFile, Unrelated));
        return files;
    }

    /// <summary>Number of shapes, of which a number of classes is a multiple.</summary>
    public static int Count => Shapes.Length;
}
