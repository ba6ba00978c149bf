//! new Zoo.SuperResolution("sr", 3) : randn(1, 1, 12, 10)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>Super-resolution by sub-pixel convolution, with orthogonal initialisation.</summary>
public class SuperResolution : Module<Tensor, Tensor>
{
    private ReLU relu;
    private Conv2d conv1;
    private Conv2d conv2;
    private Conv2d conv3;
    private Conv2d conv4;
    private PixelShuffle pixel_shuffle;

    public SuperResolution(string name, int upscaleFactor, Device device = null) : base(name)
    {
        relu = ReLU();
        conv1 = Conv2d(1, 16, (5, 5), (1, 1), (2, 2));
        conv2 = Conv2d(16, 16, (3, 3), (1, 1), (1, 1));
        conv3 = Conv2d(16, 8, (3, 3), (1, 1), (1, 1));
        conv4 = Conv2d(8, upscaleFactor * upscaleFactor, (3, 3), (1, 1), (1, 1));
        pixel_shuffle = PixelShuffle(upscaleFactor);
        RegisterComponents();
        InitializeWeights();

        if (device != null && device.type != DeviceType.CPU)
            this.to(device);
    }

    private void InitializeWeights()
    {
        var gain = init.calculate_gain(init.NonlinearityType.ReLU);
        init.orthogonal_(conv1.weight, gain);
        init.orthogonal_(conv2.weight, gain);
        init.orthogonal_(conv3.weight, gain);
        init.orthogonal_(conv4.weight);
    }

    public override Tensor forward(Tensor input)
    {
        var x = relu.forward(conv1.forward(input));
        x = relu.forward(conv2.forward(x));
        x = relu.forward(conv3.forward(x));
        x = pixel_shuffle.forward(conv4.forward(x));
        return x;
    }
}
