//! Zoo.ResNet.ResNet10(10) : randn(2, 3, 16, 16)
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>ResNet whose block is a delegate, with nested block classes and static factories.</summary>
public class ResNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> layers;
    private int in_planes = 16;

    public static ResNet ResNet10(int numClasses, Device device = null) => new ResNet(
        "ResNet10",
        (name, in_planes, planes, stride) => new BasicBlock(name, in_planes, planes, stride),
        BasicBlock.expansion, new int[] { 1, 1, 1 }, numClasses, device);

    public static ResNet ResNet20(int numClasses, Device device = null) => new ResNet(
        "ResNet20",
        (name, in_planes, planes, stride) => new Bottleneck(name, in_planes, planes, stride),
        Bottleneck.expansion, new int[] { 2, 2, 2 }, numClasses, device);

    public ResNet(
        string name, Func<string, int, int, int, Module<Tensor, Tensor>> block, int expansion, IList<int> num_blocks, int numClasses, Device device = null)
        : base(name)
    {
        var modules = new List<(string, Module<Tensor, Tensor>)>();
        modules.Add(("conv2d-first", Conv2d(3, 16, kernel_size: 3, stride: 1, padding: 1, bias: false)));
        modules.Add(("bnrm2d-first", BatchNorm2d(16)));
        modules.Add(("relu-first", ReLU(inplace: true)));
        MakeLayer(modules, block, expansion, 16, num_blocks[0], 1);
        MakeLayer(modules, block, expansion, 32, num_blocks[1], 2);
        MakeLayer(modules, block, expansion, 64, num_blocks[2], 2);
        modules.Add(("avgpool", AvgPool2d(new long[] { 4, 4 })));
        modules.Add(("flatten", Flatten()));
        modules.Add(("linear", Linear(64 * expansion, numClasses)));

        layers = Sequential(modules);
        RegisterComponents();

        if (device != null && device.type != DeviceType.CPU)
            this.to(device);
    }

    private void MakeLayer(
        List<(string, Module<Tensor, Tensor>)> modules, Func<string, int, int, int, Module<Tensor, Tensor>> block, int expansion, int planes, int num_blocks,
        int stride)
    {
        for (var i = 0; i < num_blocks; i++)
        {
            modules.Add(($"blck-{planes}-{i}", block($"blck-{planes}-{i}", in_planes, planes, i == 0 ? stride : 1)));
            in_planes = planes * expansion;
        }
    }

    public override Tensor forward(Tensor input) => layers.forward(input);

    private class BasicBlock : Module<Tensor, Tensor>
    {
        public static int expansion = 1;

        private readonly Module<Tensor, Tensor> layers;
        private readonly Module<Tensor, Tensor> shortcut;

        public BasicBlock(string name, int in_planes, int planes, int stride) : base(name)
        {
            layers = Sequential(
                ($"{name}-conv2d-1", Conv2d(in_planes, planes, kernel_size: 3, stride: stride, padding: 1, bias: false)),
                ($"{name}-bnrm2d-1", BatchNorm2d(planes)),
                ($"{name}-relu-1", ReLU(inplace: true)),
                ($"{name}-conv2d-2", Conv2d(planes, planes, kernel_size: 3, stride: 1, padding: 1, bias: false)),
                ($"{name}-bnrm2d-2", BatchNorm2d(planes)));

            if (stride != 1 || in_planes != expansion * planes)
            {
                shortcut = Sequential(
                    ($"{name}-conv2d-3", Conv2d(in_planes, expansion * planes, kernel_size: 1, stride: stride, bias: false)),
                    ($"{name}-bnrm2d-3", BatchNorm2d(expansion * planes)));
            }
            else
            {
                shortcut = Sequential();
            }

            RegisterComponents();
        }

        public override Tensor forward(Tensor t)
        {
            var x = layers.forward(t);
            var y = shortcut.forward(t);
            return x.add_(y).relu_();
        }
    }

    private class Bottleneck : Module<Tensor, Tensor>
    {
        public static int expansion = 4;

        private readonly Module<Tensor, Tensor> layers;
        private readonly Module<Tensor, Tensor> shortcut;

        public Bottleneck(string name, int in_planes, int planes, int stride) : base(name)
        {
            var modules = new List<(string, Module<Tensor, Tensor>)>();
            modules.Add(("conv1", Conv2d(in_planes, planes, kernel_size: 1, bias: false)));
            modules.Add(("bn1", BatchNorm2d(planes)));
            modules.Add(("relu1", ReLU(inplace: true)));
            modules.Add(("conv2", Conv2d(planes, planes, kernel_size: 3, stride: stride, padding: 1, bias: false)));
            modules.Add(("bn2", BatchNorm2d(planes)));
            modules.Add(("relu2", ReLU(inplace: true)));
            modules.Add(("conv3", Conv2d(planes, expansion * planes, kernel_size: 1, bias: false)));
            modules.Add(("bn3", BatchNorm2d(expansion * planes)));
            layers = Sequential(modules);

            shortcut = stride != 1 || in_planes != expansion * planes
                ? Sequential(
                    ("conv", Conv2d(in_planes, expansion * planes, kernel_size: 1, stride: stride, bias: false)),
                    ("bn", BatchNorm2d(expansion * planes)))
                : Identity();
            RegisterComponents();
        }

        public override Tensor forward(Tensor t)
        {
            using var scope = NewDisposeScope();
            return (layers.forward(t) + shortcut.forward(t)).relu_().MoveToOuterDisposeScope();
        }
    }
}
