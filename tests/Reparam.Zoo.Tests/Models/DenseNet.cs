//! new Zoo.DenseNet(8, new[] { 2, 3 }) : randn(2, 3, 16, 16)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Zoo
{
    /// <summary>DenseNet: blocks that append to a list of features, in an empty Sequential that is filled with append.</summary>
    public class DenseNet : Module<Tensor, Tensor>
    {
        private Sequential features;
        private Linear classifier;

        public DenseNet(int growth_rate, int[] block_config, int num_init_features = 16, int num_classes = 5) : base("DenseNet")
        {
            features = Sequential();
            features.append("conv0", Conv2d(3, num_init_features, 3, padding: 1, bias: false));
            features.append("norm0", BatchNorm2d(num_init_features));
            features.append("relu0", ReLU());
            int num_features = num_init_features;
            for (int i = 0; i < block_config.Length; i++)
            {
                features.append($"denseblock{i + 1}", new DenseBlock(block_config[i], num_features, 4, growth_rate));
                num_features += block_config[i] * growth_rate;
                if (i != block_config.Length - 1)
                {
                    features.append($"transition{i + 1}", new Transition(num_features, num_features / 2));
                    num_features /= 2;
                }
            }

            features.append("norm5", BatchNorm2d(num_features));
            classifier = Linear(num_features, num_classes);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var outputs = F.relu(features.forward(x));
            outputs = F.adaptive_avg_pool2d(outputs, 1).flatten(1);
            return classifier.forward(outputs);
        }
    }

    internal class DenseLayer : Module<List<Tensor>, Tensor>
    {
        private BatchNorm2d norm1;
        private Conv2d conv1;
        private BatchNorm2d norm2;
        private Conv2d conv2;

        internal DenseLayer(int input, int growth, int bottleneck) : base("DenseLayer")
        {
            norm1 = BatchNorm2d(input);
            conv1 = Conv2d(input, bottleneck * growth, 1, bias: false);
            norm2 = BatchNorm2d(bottleneck * growth);
            conv2 = Conv2d(bottleneck * growth, growth, 3, padding: 1, bias: false);
            RegisterComponents();
        }

        public override Tensor forward(List<Tensor> inputs)
        {
            var concated = torch.cat(inputs, 1);
            var bottleneck = conv1.forward(F.relu(norm1.forward(concated)));
            return conv2.forward(F.relu(norm2.forward(bottleneck)));
        }
    }

    internal class DenseBlock : Module<Tensor, Tensor>
    {
        private ModuleList<DenseLayer> layers = new ModuleList<DenseLayer>();

        internal DenseBlock(int num_layers, int input, int bottleneck, int growth) : base("DenseBlock")
        {
            for (int i = 0; i < num_layers; i++)
            {
                layers.Add(new DenseLayer(input + i * growth, growth, bottleneck));
            }

            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var features = new List<Tensor> { x };
            foreach (var layer in layers)
            {
                features.Add(layer.forward(features));
            }

            return torch.cat(features, 1);
        }
    }

    internal class Transition : Module<Tensor, Tensor>
    {
        private readonly BatchNorm2d norm;
        private readonly ReLU relu;
        private readonly Conv2d conv;
        private readonly AvgPool2d pool;

        internal Transition(int input, int output) : base("Transition")
        {
            norm = BatchNorm2d(input);
            relu = ReLU(inplace: true);
            conv = Conv2d(input, output, kernel_size: 1, stride: 1, bias: false);
            pool = AvgPool2d(kernel_size: 2, stride: 2);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => pool.forward(conv.forward(relu.forward(norm.forward(x))));
    }
}
