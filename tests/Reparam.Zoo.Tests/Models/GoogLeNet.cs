//! new Zoo.GoogLeNet(10) : randn(2, 3, 32, 32)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>GoogLeNet: inception blocks with four branches, an auxiliary head that only training uses, input that is transformed channel by channel.</summary>
public class GoogLeNet : Module<Tensor, Tensor>
{
    private readonly bool transform_input;
    private readonly Module<Tensor, Tensor> conv1;
    private readonly MaxPool2d maxpool1;
    private readonly Module<Tensor, Tensor> conv2;
    private readonly Inception inception3a;
    private readonly Inception inception3b;
    private readonly MaxPool2d maxpool3;
    private readonly InceptionAux? aux1;
    private readonly AdaptiveAvgPool2d avgpool;
    private readonly Dropout dropout;
    private readonly Linear fc;

    public GoogLeNet(int numClasses = 1000, bool aux_logits = true, bool transform_input = true) : base("GoogLeNet")
    {
        this.transform_input = transform_input;
        conv1 = ConvBlock(3, 16, kernel_size: 7, stride: 2, padding: 3);
        maxpool1 = MaxPool2d(3, stride: 2, ceil_mode: true);
        conv2 = ConvBlock(16, 32, kernel_size: 3, padding: 1);
        inception3a = new Inception(32, 16, 16, 24, 8, 8, 8);
        inception3b = new Inception(56, 16, 16, 32, 8, 16, 16);
        maxpool3 = MaxPool2d(2, stride: 2, ceil_mode: true);
        if (aux_logits)
        {
            aux1 = new InceptionAux(56, numClasses);
        }

        avgpool = AdaptiveAvgPool2d((1, 1));
        dropout = Dropout(0.2);
        fc = Linear(80, numClasses);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        if (transform_input)
        {
            var x_ch0 = torch.unsqueeze(x[TensorIndex.Colon, 0], 1) * (0.229 / 0.5) + (0.485 - 0.5) / 0.5;
            var x_ch1 = torch.unsqueeze(x[TensorIndex.Colon, 1], 1) * (0.224 / 0.5) + (0.456 - 0.5) / 0.5;
            var x_ch2 = torch.unsqueeze(x[TensorIndex.Colon, 2], 1) * (0.225 / 0.5) + (0.406 - 0.5) / 0.5;
            x = torch.cat(new List<Tensor> { x_ch0, x_ch1, x_ch2 }, 1);
        }

        x = conv1.call(x);
        x = maxpool1.call(x);
        x = conv2.call(x);
        x = inception3a.call(x);
        if (aux1 is not null && this.training)
        {
            aux1.call(x);
        }

        x = inception3b.call(x);
        x = maxpool3.call(x);
        x = avgpool.call(x);
        x = torch.flatten(x, 1);
        x = dropout.call(x);
        return fc.call(x);
    }

    private static Module<Tensor, Tensor> ConvBlock(int in_channels, int out_channels, int kernel_size, int stride = 1, int padding = 0) => Sequential(
        ("conv", Conv2d(in_channels, out_channels, bias: false, kernel_size: kernel_size, stride: stride, padding: padding)),
        ("bn", BatchNorm2d(out_channels, eps: 0.001)),
        ("relu", ReLU(true)));

    private class Inception : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> branch1;
        private readonly Module<Tensor, Tensor> branch2;
        private readonly Module<Tensor, Tensor> branch3;
        private readonly Module<Tensor, Tensor> branch4;

        public Inception(int in_channels, int ch1x1, int ch3x3red, int ch3x3, int ch5x5red, int ch5x5, int pool_proj) : base("Inception")
        {
            branch1 = ConvBlock(in_channels, ch1x1, kernel_size: 1);
            branch2 = Sequential(ConvBlock(in_channels, ch3x3red, kernel_size: 1), ConvBlock(ch3x3red, ch3x3, kernel_size: 3, padding: 1));
            branch3 = Sequential(ConvBlock(in_channels, ch5x5red, kernel_size: 1), ConvBlock(ch5x5red, ch5x5, kernel_size: 3, padding: 1));
            branch4 = Sequential(MaxPool2d(kernel_size: 3, stride: 1, padding: 1, ceil_mode: true), ConvBlock(in_channels, pool_proj, kernel_size: 1));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var outputs = new[] { branch1.call(x), branch2.call(x), branch3.call(x), branch4.call(x) };
            return torch.cat(outputs, 1);
        }
    }

    private class InceptionAux : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> conv;
        private readonly Module<Tensor, Tensor> fc1;
        private readonly Module<Tensor, Tensor> fc2;

        public InceptionAux(int in_channels, int num_classes) : base("InceptionAux")
        {
            conv = ConvBlock(in_channels, 16, kernel_size: 1);
            fc1 = Linear(256, 64);
            fc2 = Linear(64, num_classes);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            x = functional.adaptive_avg_pool2d(x, (4, 4));
            x = conv.call(x);
            x = torch.flatten(x, 1);
            x = functional.relu(fc1.call(x), inplace: true);
            return fc2.call(functional.dropout(x, 0.7, training));
        }
    }
}
