//! new Zoo.AlexNet("alexnet", 7) : randn(2, 3, 83, 95)
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// The network of Krizhevsky et al. (2012) with few channels: five convolutions under overlapping pooling, three dense layers.
/// Kinds: Sequentials of named layers in fields of the base type, windows and shapes as arrays, a device that may be null, the name from outside.
/// </summary>
public class AlexNet : Module<Tensor, Tensor>
{
    private const long Last = 32, Grid = 2;

    private readonly Module<Tensor, Tensor> convolutions;
    private readonly Module<Tensor, Tensor> grid;
    private readonly Module<Tensor, Tensor> dense;

    public AlexNet(string name, int labels, Device device = null) : base(name)
    {
        grid = AdaptiveAvgPool2d(new long[] { Grid, Grid });
        dense = Sequential(
            ("drop6", Dropout(p: 0.5)),
            ("fc6", Linear(Last * Grid * Grid, 96)),
            ("relu6", ReLU(inplace: true)),
            ("drop7", Dropout(p: 0.5)),
            ("fc7", Linear(96, 64)),
            ("relu7", ReLU(inplace: true)),
            ("fc8", Linear(64, labels)));
        convolutions = Sequential(
            ("conv1", Conv2d(3, 16, kernel_size: 11, stride: 4, padding: 2)),
            ("relu1", ReLU(inplace: true)),
            ("pool1", MaxPool2d(kernel_size: new long[] { 3, 3 }, stride: new long[] { 2, 2 })),
            ("conv2", Conv2d(16, 48, kernel_size: 5, padding: 2)),
            ("relu2", ReLU(inplace: true)),
            ("pool2", MaxPool2d(kernel_size: new long[] { 3, 3 }, stride: new long[] { 2, 2 })),
            ("conv3", Conv2d(48, 64, kernel_size: 3, padding: 1)),
            ("relu3", ReLU(inplace: true)),
            ("conv4", Conv2d(64, 64, kernel_size: 3, padding: 1)),
            ("relu4", ReLU(inplace: true)),
            ("conv5", Conv2d(64, Last, kernel_size: 3, padding: 1)),
            ("relu5", ReLU(inplace: true)),
            ("pool5", MaxPool2d(kernel_size: new long[] { 3, 3 }, stride: new long[] { 2, 2 })));
        RegisterComponents();

        if (device is not null && device.type != DeviceType.CPU)
        {
            this.to(device);
        }
    }

    public override Tensor forward(Tensor pictures)
    {
        var maps = grid.call(convolutions.call(pictures));
        var batch = maps.shape[0];
        return dense.call(maps.view(new long[] { batch, Last * Grid * Grid }));
    }
}
