//! new Zoo.CitationClassifier("citations", 7, 5, heads: 4, perHead: 3) : randn(6, 7), ints(2, 6, 6)
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.functional;

namespace Zoo
{
    /// <summary>Graph attention: weights that are parameters of the class, an optional one, slices of a parameter, a device in the constructor.</summary>
    public class CitationClassifier : Module<Tensor, Tensor, Tensor>
    {
        private EdgeAttention words;
        private EdgeAttention topics;
        private NeighbourMean skip;
        private readonly double drop;

        public CitationClassifier(string name, int vocabulary, int topicCount, int heads, int perHead, double drop = 0.6, Device? device = null) : base(name)
        {
            this.drop = drop;
            words = new EdgeAttention("words", vocabulary, perHead, heads, isJoined: true, drop);
            topics = new EdgeAttention("topics", heads * perHead, topicCount, heads, isJoined: false, drop);
            skip = new NeighbourMean("skip", vocabulary, topicCount, isShifted: true);
            RegisterComponents();

            if (device is not null && device.type == DeviceType.CUDA)
            {
                this.to(device);
            }
        }

        public override Tensor forward(Tensor documents, Tensor citations)
        {
            // A document is its own neighbour too.
            var linked = citations.to_type(ScalarType.Float32) + torch.eye(documents.shape[0]);
            var hidden = elu(words.forward(dropout(documents, drop, training), linked), 1.0);
            var scores = topics.forward(hidden, linked) + skip.forward(documents, linked);
            return log_softmax(scores, dim: 1);
        }
    }

    /// <summary>One layer: each head lifts the nodes, and each node takes the mean of its neighbours that the head's softmax weighs.</summary>
    public class EdgeAttention : Module<Tensor, Tensor, Tensor>
    {
        // [heads, inputs, width]
        private TorchSharp.Modules.Parameter lift;

        // [heads, 2 * width, 1]: the first half judges the node that looks, the second the node that it looks at.
        private TorchSharp.Modules.Parameter judge;

        private readonly Module<Tensor, Tensor> slope;
        private readonly int width;
        private readonly bool isJoined;
        private readonly double drop;

        public EdgeAttention(string name, int inputs, int width, int heads, bool isJoined, double drop) : base(name)
        {
            if (heads < 1)
            {
                throw new ArgumentOutOfRangeException(nameof(heads), heads, "a layer of attention has a head at least");
            }

            this.width = width;
            this.isJoined = isJoined;
            this.drop = drop;
            slope = LeakyReLU(0.2);
            lift = Parameter(torch.empty(heads, inputs, width));
            judge = Parameter(torch.empty(heads, 2 * width, 1));
            foreach (var weight in new[] { lift, judge })
            {
                init.xavier_uniform_(weight);
            }

            RegisterComponents();
        }

        public override Tensor forward(Tensor nodes, Tensor linked)
        {
            var lifted = torch.matmul(nodes, lift);
            var share = dropout(Shares(lifted, linked), drop, training);
            var seen = torch.matmul(share, dropout(lifted, drop, training));
            return isJoined ? seen.permute(1, 0, 2).flatten(1) : seen.mean(new long[] { 0 });
        }

        private Tensor Shares(Tensor lifted, Tensor linked)
        {
            var looking = torch.matmul(lifted, judge.index(TensorIndex.Colon, TensorIndex.Slice(stop: width)));
            var looked = torch.matmul(lifted, judge.index(TensorIndex.Colon, TensorIndex.Slice(start: width)));
            var logits = slope.forward(looking + looked.mT);
            var never = torch.full_like(logits, float.NegativeInfinity);
            return softmax(torch.where(linked > 0, logits, never), dim: 2);
        }
    }

    /// <summary>The skip connection: the mean of the neighbours, through one matrix.</summary>
    public class NeighbourMean : Module<Tensor, Tensor, Tensor>
    {
        private TorchSharp.Modules.Parameter matrix;
        private TorchSharp.Modules.Parameter? shift;

        public NeighbourMean(string name, int inputs, int outputs, bool isShifted = false) : base(name)
        {
            matrix = Parameter(torch.randn(inputs, outputs) / Math.Sqrt(inputs));
            if (isShifted)
            {
                shift = Parameter(torch.zeros(outputs));
            }

            RegisterComponents();
        }

        public override Tensor forward(Tensor nodes, Tensor linked)
        {
            var degrees = linked.sum(1, keepdim: true);
            var mean = torch.mm(linked / degrees, nodes);
            var moved = torch.mm(mean, matrix);
            return shift is null ? moved : moved + shift;
        }
    }
}
