//! new Zoo.DenselyConnected(8, new[] { 2, 3, 1 }) : randn(2, 3, 17, 14)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Zoo
{
    /// <summary>
    /// Densely connected convolutions (Huang et al., 2017): each layer reads what all before it wrote.
    /// Kinds: a namespace with braces, an alias of the functional class, an empty Sequential filled with append under interpolated names, a module whose
    /// input is a list of tensors, a list of own modules, fields that are not read-only, internal constructors.
    /// </summary>
    public class DenselyConnected : Module<Tensor, Tensor>
    {
        private Sequential features;
        private Linear classifier;

        public DenselyConnected(int growth, int[] depths, int start = 16, int labels = 5) : base("DenseNet")
        {
            int channels = start;
            features = Sequential();
            features.append("stem", Conv2d(3, channels, 3, padding: 1, bias: false));
            features.append("stem_norm", BatchNorm2d(channels));
            features.append("stem_relu", ReLU());
            int number = 0;
            foreach (int depth in depths)
            {
                if (number > 0)
                {
                    // Between two blocks the picture and the channels are halved.
                    features.append($"shrink{number}", new Shrink(channels, channels / 2));
                    channels /= 2;
                }

                features.append($"gather{++number}", new Gather(depth, channels, growth));
                channels += depth * growth;
            }

            features.append("last_norm", BatchNorm2d(channels));
            classifier = Linear(channels, labels);
            RegisterComponents();
        }

        public override Tensor forward(Tensor pictures)
        {
            Tensor maps = F.relu(features.forward(pictures));
            return classifier.forward(F.adaptive_avg_pool2d(maps, 1).flatten(1));
        }
    }

    internal class Gather : Module<Tensor, Tensor>
    {
        private ModuleList<Writer> writers = new ModuleList<Writer>();

        internal Gather(int depth, int channels, int growth) : base(nameof(Gather))
        {
            for (int end = channels + depth * growth; channels < end; channels += growth)
            {
                writers.Add(new Writer(channels, 4 * growth, growth));
            }

            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            List<Tensor> written = new List<Tensor> { x };
            foreach (Writer writer in writers)
            {
                written.Add(writer.forward(written));
            }

            return torch.cat(written, 1);
        }
    }

    internal class Writer : Module<List<Tensor>, Tensor>
    {
        private BatchNorm2d norm1;
        private Conv2d conv1;
        private BatchNorm2d norm2;
        private Conv2d conv2;

        internal Writer(int channels, int middle, int growth) : base(nameof(Writer))
        {
            conv1 = Conv2d(channels, middle, 1, bias: false);
            conv2 = Conv2d(middle, growth, 3, padding: 1, bias: false);
            norm1 = BatchNorm2d(channels);
            norm2 = BatchNorm2d(middle);
            RegisterComponents();
        }

        public override Tensor forward(List<Tensor> written)
        {
            Tensor x = written.Count == 1 ? written[0] : torch.cat(written, 1);
            x = conv1.forward(F.relu(norm1.forward(x)));
            x = conv2.forward(F.relu(norm2.forward(x)));
            return x;
        }
    }

    internal class Shrink : Module<Tensor, Tensor>
    {
        private readonly BatchNorm2d norm;
        private readonly ReLU relu;
        private readonly Conv2d conv;
        private readonly AvgPool2d pool;

        internal Shrink(int channels, int kept) : base(nameof(Shrink))
        {
            (norm, relu) = (BatchNorm2d(channels), ReLU(inplace: true));
            (conv, pool) = (Conv2d(channels, kept, kernel_size: 1, stride: 1, bias: false), AvgPool2d(kernel_size: 2, stride: 2));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            return pool.forward(conv.forward(relu.forward(norm.forward(x))));
        }
    }
}
