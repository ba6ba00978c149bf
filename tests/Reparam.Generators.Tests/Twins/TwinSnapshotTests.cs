using Reparam.Generators.Tests.Harness;

namespace Reparam.Generators.Tests.Twins;

/// <summary>What twins look like. Every snapshot is also compiled.</summary>
public class TwinSnapshotTests
{
    [Fact]
    public void A_module_with_layers_parameters_and_a_list() => Match("Module.txt", """
        using TorchSharp.Utils;

        namespace Tests;

        /// <summary>Documentation is left out.</summary>
        [ReparamModule]
        public sealed partial class Block : Module<Tensor, Tensor>
        {
            private const float Epsilon = 1e-5f;     // comments too
            private readonly int width;
            [ComponentName(Name = "gain")]
            private readonly Parameter scale;

            private readonly Tensor mask;
            private static readonly int[] Sizes = [1, 2];

            public Block(int width, bool deep = false) : base(nameof(Block))
            {
                // The width is kept.
                this.width = width;

                QKVProj = Linear(width, 3 * width, hasBias: false);
                scale = new Parameter(ones(width));
                mask = zeros(width, width);
                Layers = new ModuleList<Linear>();
                for (var i = 0; i < Sizes.Length; i++)
                {
                    Layers.Add(Linear(width, width));
                }

                RegisterComponents();
            }

            public partial Module<Tensor, Tensor> QKVProj { get; private set; }

            [ComponentName(Name = "stack")]
            public partial ModuleList<Linear> Layers { get; private set; }

            public Linear? Last { get; private set; }

            #region Forward
            public override Tensor forward(Tensor x)
            {
                foreach (var layer in Layers)
                {
                    x = layer.call(x) * scale + Epsilon;    /* in place */
                }

                /// not a comment that stays
                return x;
            }
            #endregion
        }
        """);

    [Fact]
    public void A_root_with_a_record() => Match("Root.txt", """
        namespace Tests;

        public sealed record Config(int Dim, long HiddenDim, string Mode = "plain", bool HasBias = true)
        {
            public float Epsilon { get; init; } = 1e-5f;

            public double Scale { get; init; }

            public int Twice => 2 * Dim;
        }

        [ReparamModel]
        public sealed partial class Net : Module<Tensor, Tensor>
        {
            public Net(Config config) : base(nameof(Net))
            {
                Proj = Linear(config.Dim, config.HiddenDim, config.HasBias);
                RegisterComponents();
            }

            public partial Module<Tensor, Tensor> Proj { get; private set; }

            public override Tensor forward(Tensor x) => Proj.call(x);
        }
        """);

    [Fact]
    public void A_plain_class_a_static_class_and_types_nested_in_them() => Match("Plain.txt", """
        namespace Tests;

        [ReparamModule]
        public static partial class Helpers
        {
            public static Tensor Twice(this Tensor x) => x * 2;
        }

        [ReparamModule]
        public sealed partial class Cache
        {
            private readonly record struct Entry(Tensor Key, Tensor? Value);
            private readonly List<Entry> entries = [];

            public enum Kind { None, Full }

            public Kind Mode { get; init; } = Kind.Full;

            public Tensor? Last => entries.Count > 0 ? entries[^1].Value : null;

            public Tensor this[int i] => entries[i].Key.Twice();

            public static Cache operator +(Cache a, Cache b)
            {
                a.entries.AddRange(b.entries);
                return a;
            }

            public void Add(Tensor key, Tensor? value = null) => entries.Add(new Entry(key, value));

            public IEnumerable<Tensor> Keys()
            {
                foreach (var (key, _) in entries.Where(e => e.Value is { } value && value.dim() > 0))
                {
                    yield return key;
                }
            }
        }
        """);

    [Fact]
    public void Inheritance_between_marked_classes() => Match("Inheritance.txt", """
        namespace Tests;

        [ReparamModule]
        public abstract partial class Layer : Module<Tensor, Tensor>
        {
            protected readonly Parameter gain;

            protected Layer(int width) : base(nameof(Layer)) => gain = new Parameter(ones(width));

            protected static int Count => 2;

            public override Tensor forward(Tensor input) => Act(input * gain);

            protected abstract Tensor Act(Tensor x);
        }

        [ReparamModule]
        internal sealed partial class Doubled : Layer
        {
            private readonly Parameter shift;

            public Doubled(int width) : base(width)
            {
                shift = Parameter(zeros(width));
                RegisterComponents();
            }

            public override Tensor forward(Tensor input) => base.forward(input) + shift;

            protected override Tensor Act(Tensor x) => x * Count;
        }
        """);

    [Fact]
    public void A_body_without_translation() => Match("Untranslated.txt", """
        namespace Tests;

        [ReparamModule]
        public sealed partial class Block : Module<Tensor, Tensor>
        {
            public Block() : base(nameof(Block)) => RegisterComponents();

            public override Tensor forward(Tensor x) => x;

            public Tensor Loss(Tensor x)
            {
                var y = x.to_sparse();
                return y;
            }

            public double Last { get; private set; }

            public Tensor? Noise(torch.nn.utils.rnn.PackedSequence generator) => null;
        }
        """);

    private static void Match(string name, string source) =>
        Snapshots.Match(GeneratorRun.Of(source).AssertCompiles().Files("Twin"), $"Twin.{name}");
}
