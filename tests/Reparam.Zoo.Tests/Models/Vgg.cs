//! new Zoo.VGG("VGG11", 10) : randn(2, 3, 16, 16)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>VGG: a table of channel numbers, 0 for a pooling, and a list of named layers that is filled in a loop.</summary>
public class VGG : Module<Tensor, Tensor>
{
    private readonly Dictionary<string, long[]> _channels = new Dictionary<string, long[]>()
    {
        { "VGG11", new long[] { 16, 0, 32, 0, 48, 48, 0, 64, 64, 0 } },
        { "VGG13", new long[] { 16, 16, 0, 32, 32, 0, 48, 48, 0, 64, 64, 0 } },
    };

    private readonly Module<Tensor, Tensor> layers;

    public VGG(string name, int numClasses, Device device = null) : base(name)
    {
        var modules = new List<(string, Module<Tensor, Tensor>)>();
        var channels = _channels[name.ToUpper()];

        long in_channels = 3;
        for (var i = 0; i < channels.Length; i++)
        {
            if (channels[i] == 0)
            {
                modules.Add(($"MaxPool2d-{i}a", MaxPool2d(kernel_size: 2, stride: 2)));
            }
            else
            {
                modules.Add(($"conv2d-{i}a", Conv2d(in_channels, channels[i], kernel_size: 3, padding: 1)));
                modules.Add(($"bnrm2d-{i}a", BatchNorm2d(channels[i])));
                modules.Add(($"relu-{i}b", ReLU(inplace: true)));
                in_channels = channels[i];
            }
        }

        modules.Add(("avgpool2d", AvgPool2d(kernel_size: 1, stride: 1)));
        modules.Add(("flatten", Flatten()));
        modules.Add(("linear", Linear(in_channels, numClasses)));

        layers = Sequential(modules);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        return layers.forward(input);
    }
}
