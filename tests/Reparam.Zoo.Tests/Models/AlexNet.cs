//! new Zoo.AlexNet("alexnet", 10) : randn(2, 3, 32, 32)
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>AlexNet for small images: two Sequential halves with names.</summary>
public class AlexNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> features;
    private readonly Module<Tensor, Tensor> avgpool;
    private readonly Module<Tensor, Tensor> classifier;

    public AlexNet(string name, int numClasses, Device device = null) : base(name)
    {
        features = Sequential(
            ("c1", Conv2d(3, 16, kernel_size: 3, stride: 2, padding: 1)),
            ("r1", ReLU(inplace: true)),
            ("mp1", MaxPool2d(kernel_size: new long[] { 2, 2 })),
            ("c2", Conv2d(16, 48, kernel_size: 3, padding: 1)),
            ("r2", ReLU(inplace: true)),
            ("mp2", MaxPool2d(kernel_size: new long[] { 2, 2 })),
            ("c3", Conv2d(48, 64, kernel_size: 3, padding: 1)),
            ("r3", ReLU(inplace: true)),
            ("mp3", MaxPool2d(kernel_size: new long[] { 2, 2 })));

        avgpool = AdaptiveAvgPool2d(new long[] { 2, 2 });

        classifier = Sequential(
            ("d1", Dropout()),
            ("l1", Linear(64 * 2 * 2, 128)),
            ("r1", ReLU(inplace: true)),
            ("d2", Dropout()),
            ("l3", Linear(128, numClasses)));

        RegisterComponents();

        if (device != null && device.type != DeviceType.CPU)
            this.to(device);
    }

    public override Tensor forward(Tensor input)
    {
        var f = features.call(input);
        var avg = avgpool.call(f);
        var x = avg.view(new long[] { avg.shape[0], 64 * 2 * 2 });
        return classifier.call(x);
    }
}
