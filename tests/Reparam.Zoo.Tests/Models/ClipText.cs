//! new Zoo.ClipText(100, 32, 12) : ints(100, 2, 12)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo
{
    /// <summary>CLIP's text model: positions as a parameter, a causal mask, a list of plain modules, and a load of its own for foreign checkpoints.</summary>
    internal class ClipText : Module<Tensor, Tensor>
    {
        internal readonly ClipEmbedding embedding;
        internal readonly ModuleList<Module<Tensor, Tensor>> layers;
        internal readonly LayerNorm layernorm;

        internal ClipText(long n_vocab, long n_embd, long n_token, int n_layer = 2) : base("CLIP")
        {
            embedding = new ClipEmbedding(n_vocab, n_embd, n_token);
            layers = nn.ModuleList<Module<Tensor, Tensor>>();
            for (int i = 0; i < n_layer; i++)
            {
                layers.Add(new ClipLayer(4, n_embd));
            }

            layernorm = LayerNorm(n_embd);
            RegisterComponents();
        }

        public override Tensor forward(Tensor token)
        {
            using var _ = NewDisposeScope();
            var state = embedding.forward(token);
            foreach (var layer in layers)
            {
                state = layer.forward(state);
            }

            var output = layernorm.forward(state);
            return output.MoveToOuterDisposeScope();
        }

        public override Module load(string filename, bool strict = true, IList<string> skip = null, Dictionary<string, bool> loadedParameters = null)
        {
            if (Path.GetExtension(filename).Contains("raw"))
            {
                byte[] data = File.ReadAllBytes(filename);
                embedding.token_embedding.weight.bytes = new Span<byte>(data);
                for (int i = 0; i < layers.Count; i++)
                {
                    ((ClipLayer)layers[i]).layernorm_1.weight.bytes = new Span<byte>(data);
                    ((ClipLayer)layers[i]).attention.in_proj.weight.bytes = new Span<byte>(data);
                }

                return this;
            }

            return base.load(filename, strict, skip, loadedParameters);
        }
    }

    internal class ClipEmbedding : Module<Tensor, Tensor>
    {
        internal readonly Embedding token_embedding;
        internal readonly Parameter position_value;

        internal ClipEmbedding(long n_vocab, long n_embd, long n_token) : base("CLIPEmbedding")
        {
            token_embedding = Embedding(n_vocab, n_embd);
            position_value = Parameter(torch.zeros(n_token, n_embd));
            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens)
        {
            using var _ = NewDisposeScope();
            var x = token_embedding.forward(tokens);
            x += position_value;
            return x.MoveToOuterDisposeScope();
        }
    }

    internal class ClipAttention : Module<Tensor, Tensor>
    {
        internal readonly Linear in_proj;
        internal readonly Linear out_proj;
        private readonly long n_heads;
        private readonly long d_head;
        private readonly bool causal_mask;

        internal ClipAttention(long n_heads, long d_embed, bool in_proj_bias = true, bool out_proj_bias = true, bool causal_mask = false)
            : base("SelfAttention")
        {
            in_proj = Linear(d_embed, 3 * d_embed, hasBias: in_proj_bias);
            out_proj = Linear(d_embed, d_embed, hasBias: out_proj_bias);
            this.n_heads = n_heads;
            d_head = d_embed / n_heads;
            this.causal_mask = causal_mask;
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var _ = NewDisposeScope();
            long batch_size = x.shape[0], sequence_length = x.shape[1], d_embed = x.shape[2];
            long[] interim_shape = new long[] { batch_size, sequence_length, n_heads, d_head };
            Tensor[] qkv = in_proj.forward(x).chunk(3, dim: -1);
            Tensor q = qkv[0].view(interim_shape).transpose(1, 2);
            Tensor k = qkv[1].view(interim_shape).transpose(1, 2);
            Tensor v = qkv[2].view(interim_shape).transpose(1, 2);
            Tensor weight = torch.matmul(q, k.transpose(-1, -2));
            if (causal_mask)
            {
                Tensor mask = torch.ones_like(weight).triu(1).to(torch.@bool);
                weight.masked_fill_(mask, float.NegativeInfinity);
            }

            weight = weight / (float)Math.Sqrt(d_head);
            weight = torch.nn.functional.softmax(weight, dim: -1);
            Tensor output = torch.matmul(weight, v);
            output = output.transpose(1, 2).reshape(batch_size, sequence_length, d_embed);
            return out_proj.forward(output).MoveToOuterDisposeScope();
        }
    }

    internal class ClipLayer : Module<Tensor, Tensor>
    {
        internal readonly LayerNorm layernorm_1;
        internal readonly LayerNorm layernorm_2;
        internal readonly ClipAttention attention;
        internal readonly Linear linear_1;
        internal readonly Linear linear_2;

        internal ClipLayer(long n_head, long n_embd) : base("CLIPLayer")
        {
            layernorm_1 = LayerNorm(n_embd);
            attention = new ClipAttention(n_head, n_embd, causal_mask: true);
            layernorm_2 = LayerNorm(n_embd);
            linear_1 = Linear(n_embd, 4 * n_embd);
            linear_2 = Linear(4 * n_embd, n_embd);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var _ = NewDisposeScope();
            var residue = x;
            x = layernorm_1.forward(x);
            x = attention.forward(x);
            x += residue;
            residue = x;
            x = layernorm_2.forward(x);
            x = linear_1.forward(x);
            x = x * torch.sigmoid(1.702 * x);
            x = linear_2.forward(x);
            x += residue;
            return x.MoveToOuterDisposeScope();
        }
    }
}
