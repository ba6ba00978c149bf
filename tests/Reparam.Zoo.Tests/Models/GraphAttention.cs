//! new Zoo.GraphNetwork("gat", 6, 4, 2, 3) : randn(5, 6), ints(2, 5, 5)
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.functional;

namespace Zoo
{
    /// <summary>Graph attention and graph convolution, with weights that are parameters of the class itself.</summary>
    public class GraphNetwork : Module<Tensor, Tensor, Tensor>
    {
        private GraphAttentionLayer gat;
        private GraphConvolution gcn;

        public GraphNetwork(string name, int inFeatures, int hidden, int heads, int classes, double dropout = 0.4, Device device = null) : base(name)
        {
            gat = new GraphAttentionLayer("gat", inFeatures, hidden, heads, concat: true, dropout: dropout);
            gcn = new GraphConvolution("gcn", hidden, classes, useBias: true);
            RegisterComponents();

            if (device != null && device.type != DeviceType.CPU)
                this.to(device);
        }

        public override Tensor forward(Tensor input, Tensor adjacency)
        {
            var x = gat.forward(input, adjacency);
            x = elu(x, 1.0);
            x = gcn.forward(x, adjacency.to_type(ScalarType.Float32));
            return log_softmax(x, dim: 1);
        }
    }

    public class GraphAttentionLayer : Module<Tensor, Tensor, Tensor>
    {
        private readonly int nHeads;
        private readonly int nHidden;
        private readonly int outFeatures;
        private readonly bool concat;
        private readonly double dropoutRate;
        private TorchSharp.Modules.Parameter W;
        private TorchSharp.Modules.Parameter a;
        private Module<Tensor, Tensor> leakyrelu;

        public GraphAttentionLayer(
            string name, int inFeatures, int outFeatures, int nHeads, bool concat = false, double dropout = 0.4, double leakyReluSlope = 0.2) : base(name)
        {
            this.nHeads = nHeads;
            this.concat = concat;
            this.dropoutRate = dropout;
            this.outFeatures = outFeatures;
            if (concat)
            {
                if (outFeatures % nHeads != 0)
                    throw new ArgumentException("outFeatures must be a multiple of nHeads when concat is true");
                this.nHidden = outFeatures / nHeads;
            }
            else
            {
                this.nHidden = outFeatures;
            }

            W = Parameter(torch.empty(inFeatures, this.nHidden * nHeads));
            a = Parameter(torch.empty(nHeads, 2 * this.nHidden, 1));
            leakyrelu = LeakyReLU(leakyReluSlope);
            RegisterComponents();
            ResetParameters();
        }

        private void ResetParameters()
        {
            init.xavier_normal_(W);
            init.xavier_normal_(a);
        }

        private Tensor GetAttentionScores(Tensor transformed)
        {
            var source = torch.matmul(transformed, a.index(new TensorIndex[] { TensorIndex.Colon, TensorIndex.Slice(null, nHidden), TensorIndex.Colon }));
            var target = torch.matmul(transformed, a.index(new TensorIndex[] { TensorIndex.Colon, TensorIndex.Slice(nHidden), TensorIndex.Colon }));
            var e = source + target.mT;
            return leakyrelu.forward(e);
        }

        public override Tensor forward(Tensor h, Tensor adjMat)
        {
            long nNodes = h.shape[0];
            var transformed = torch.mm(h, W);
            transformed = dropout(transformed, dropoutRate, training);
            transformed = transformed.view(nNodes, nHeads, nHidden).permute(1, 0, 2);
            var e = GetAttentionScores(transformed);
            var connectivityMask = -9e16 * torch.ones_like(e);
            e = torch.where(adjMat > 0, e, connectivityMask);
            var attention = softmax(e, dim: -1);
            attention = dropout(attention, dropoutRate, training);
            var hPrime = torch.matmul(attention, transformed);
            if (concat)
            {
                hPrime = hPrime.permute(1, 0, 2).contiguous().view(nNodes, outFeatures);
            }
            else
            {
                hPrime = hPrime.mean(new long[] { 0 });
            }

            return hPrime;
        }
    }

    public class GraphConvolution : Module<Tensor, Tensor, Tensor>
    {
        private TorchSharp.Modules.Parameter kernel;
        private TorchSharp.Modules.Parameter bias;

        public GraphConvolution(string name, int inputDim, int outputDim, bool useBias = false) : base(name)
        {
            kernel = Parameter(torch.empty(inputDim, outputDim));
            init.xavier_normal_(kernel);
            if (useBias)
            {
                bias = Parameter(torch.zeros(outputDim));
            }

            RegisterComponents();
        }

        public override Tensor forward(Tensor input, Tensor adjacency)
        {
            var support = torch.mm(input, kernel);
            var output = torch.mm(adjacency, support);
            if (bias is not null)
            {
                output = output + bias;
            }

            return output;
        }
    }
}
