//! new Zoo.CaptionEncoder(90, 24, 10, joint: 16) : ints(90, 3, 10)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo
{
    /// <summary>CLIP's encoder of text: parameters beside layers, a list of plain modules, a causal mask in place, a load of its own for raw files.</summary>
    internal class CaptionEncoder : Module<Tensor, Tensor>
    {
        internal readonly CaptionTokens tokens;
        internal readonly ModuleList<Module<Tensor, Tensor>> stack;
        internal readonly LayerNorm norm;
        internal readonly Parameter toJoint;

        internal CaptionEncoder(long vocabulary, long width, long longest, long joint, int depth = 2, long heads = 3) : base(nameof(CaptionEncoder))
        {
            tokens = new CaptionTokens(vocabulary, width, longest);
            stack = nn.ModuleList<Module<Tensor, Tensor>>();
            while (stack.Count < depth)
            {
                stack.Add(new CaptionLayer(width, heads));
            }

            norm = LayerNorm(width);
            toJoint = Parameter(torch.randn(width, joint) * Math.Pow(width, -0.5));
            RegisterComponents();
        }

        public override Tensor forward(Tensor ids)
        {
            using var scope = NewDisposeScope();
            var states = tokens.forward(ids);
            foreach (var layer in stack)
            {
                states = layer.forward(states);
            }

            // The end of a text has the highest number; what the last layer says there stands for the text.
            var ends = ids.argmax(-1).view(-1, 1, 1).expand(-1, 1, states.shape[2]);
            var whole = norm.forward(states).gather(1, ends).squeeze(1);
            return whole.matmul(toJoint).MoveToOuterDisposeScope();
        }

        public override Module load(string location, bool strict = true, IList<string>? skip = null, Dictionary<string, bool>? loadedParameters = null)
        {
            if (!location.EndsWith(".f32", StringComparison.Ordinal))
            {
                return base.load(location, strict, skip, loadedParameters);
            }

            // The parameters one after another, as they are in memory.
            var raw = File.ReadAllBytes(location);
            var start = 0;
            foreach (var (name, parameter) in named_parameters())
            {
                var length = (int)(parameter.numel() * parameter.element_size());
                if (start + length > raw.Length)
                {
                    throw new InvalidDataException($"'{location}' ends within '{name}'");
                }

                parameter.bytes = new Span<byte>(raw, start, length);
                start += length;
            }

            return this;
        }
    }

    internal class CaptionTokens : Module<Tensor, Tensor>
    {
        internal readonly Embedding meanings;
        internal readonly Parameter places;

        internal CaptionTokens(long vocabulary, long width, long longest) : base(nameof(CaptionTokens))
        {
            meanings = Embedding(vocabulary, width);
            init.normal_(meanings.weight, 0, 0.02);
            places = Parameter(torch.randn(longest, width) * 0.01);
            RegisterComponents();
        }

        public override Tensor forward(Tensor ids)
        {
            using var scope = NewDisposeScope();
            var embedded = meanings.forward(ids);
            embedded += places.narrow(0, 0, ids.shape[1]);
            return embedded.MoveToOuterDisposeScope();
        }
    }

    internal class CaptionLayer : Module<Tensor, Tensor>
    {
        internal readonly CaptionAttention look;
        internal readonly LayerNorm before;
        internal readonly LayerNorm between;
        internal readonly Linear rise;
        internal readonly Linear fall;

        internal CaptionLayer(long width, long heads) : base(nameof(CaptionLayer))
        {
            before = LayerNorm(width);
            between = LayerNorm(width);
            look = new CaptionAttention(width, heads, isCausal: true);
            rise = Linear(width, width * 4);
            fall = Linear(width * 4, width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor states)
        {
            using var scope = NewDisposeScope();
            states = states + look.forward(before.forward(states));
            var thought = functional.gelu(rise.forward(between.forward(states)));
            return (states + fall.forward(thought)).MoveToOuterDisposeScope();
        }
    }

    internal class CaptionAttention : Module<Tensor, Tensor>
    {
        internal readonly Linear ask;
        internal readonly Linear answer;
        private readonly long heads;
        private readonly bool isCausal;

        internal CaptionAttention(long width, long heads, bool hasBias = true, bool isCausal = false) : base(nameof(CaptionAttention))
        {
            this.heads = heads;
            this.isCausal = isCausal;
            ask = Linear(width, width * 3, hasBias: hasBias);
            answer = Linear(width, width, hasBias: hasBias);
            RegisterComponents();
        }

        public override Tensor forward(Tensor states)
        {
            using var scope = NewDisposeScope();
            Tensor[] thirds = ask.forward(states).chunk(3, dim: 2);
            Tensor query = Split(thirds[0]), key = Split(thirds[1]), value = Split(thirds[2]);
            Tensor scores = query.matmul(key.transpose(2, 3));
            scores = scores * (float)(1 / Math.Sqrt(query.shape[3]));
            if (isCausal)
            {
                Tensor later = torch.ones(states.shape[1], states.shape[1], dtype: torch.@bool).triu(1);
                scores.masked_fill_(later, float.NegativeInfinity);
            }

            Tensor mixed = functional.softmax(scores, dim: 3).matmul(value);
            return answer.forward(mixed.transpose(1, 2).reshape(states.shape)).MoveToOuterDisposeScope();
        }

        // [batch, length, width] to [batch, heads, length, width / heads]
        private Tensor Split(Tensor x) => x.view(x.shape[0], x.shape[1], heads, x.shape[2] / heads).transpose(1, 2);
    }
}
