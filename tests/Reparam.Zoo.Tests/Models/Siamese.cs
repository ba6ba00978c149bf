//! new Zoo.SiameseNetwork("siamese") : rand(2, 1, 28, 28), rand(2, 1, 28, 28)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>Two images through one network; weights and biases are initialised in a lambda.</summary>
public class SiameseNetwork : Module<Tensor, Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> cnn;
    private readonly Module<Tensor, Tensor> fc;
    private readonly Module<Tensor, Tensor> sigmoid;

    public SiameseNetwork(string name, Device device = null) : base(name)
    {
        cnn = Sequential(
            Conv2d(1, 8, kernel_size: 5, stride: 1, padding: 2),
            ReLU(),
            MaxPool2d(kernel_size: 2),
            Conv2d(8, 16, kernel_size: 3, padding: 1),
            ReLU(),
            MaxPool2d(kernel_size: 2),
            Flatten());
        fc = Sequential(
            Linear(2 * 16 * 7 * 7, 32),
            ReLU(inplace: true),
            Linear(32, 1));
        sigmoid = Sigmoid();
        RegisterComponents();

        Action<Module> initialise = m =>
        {
            if (m is Linear linear)
            {
                init.xavier_uniform_(linear.weight);
                init.constant_(linear.bias, 0.01);
            }
        };
        cnn.apply(initialise);
        fc.apply(initialise);

        if (device != null && device.type != DeviceType.CPU)
            this.to(device);
    }

    private Tensor ForwardOnce(Tensor x)
    {
        var output = cnn.forward(x);
        return output.view(output.shape[0], -1);
    }

    public override Tensor forward(Tensor input1, Tensor input2)
    {
        var output1 = ForwardOnce(input1);
        var output2 = ForwardOnce(input2);
        var output = torch.cat(new[] { output1, output2 }, 1);
        return sigmoid.forward(fc.forward(output));
    }
}
