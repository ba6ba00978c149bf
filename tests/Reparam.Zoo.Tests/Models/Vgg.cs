//! new Zoo.VeryDeep("short", 7) : randn(2, 3, 35, 33)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// Very deep networks of small windows (Simonyan and Zisserman, 2015), with norms.
/// Kinds: a dictionary of arrays in a field initialiser that the name chooses from, a list of tuples of names and layers filled in a loop with a branch,
/// names of layers that are no identifiers, a Sequential of that list, a device that may be null.
/// </summary>
public class VeryDeep : Module<Tensor, Tensor>
{
    private const long Pool = -1;

    private readonly Dictionary<string, long[]> plans = new Dictionary<string, long[]>()
    {
        { "SHORT", new long[] { 16, Pool, 32, 32, Pool, 48, 48, Pool, 64, Pool } },
        { "LONG", new long[] { 16, 16, Pool, 32, 32, 32, Pool, 48, 48, 48, Pool, 64, 64, 64, Pool } },
    };

    private readonly Module<Tensor, Tensor> all;

    public VeryDeep(string name, int labels, Device device = null) : base(name)
    {
        long channels = 3;
        var number = 0;
        var named = new List<(string, Module<Tensor, Tensor>)>();
        foreach (var entry in plans[name.ToUpperInvariant()])
        {
            number++;
            if (entry != Pool)
            {
                named.Add(($"{number}: look", Conv2d(channels, entry, kernel_size: 3, padding: 1)));
                named.Add(($"{number}: even", BatchNorm2d(entry)));
                named.Add(($"{number}: bend", ReLU(inplace: true)));
                channels = entry;
            }
            else
            {
                named.Add(($"{number}: halve", MaxPool2d(kernel_size: 2, stride: 2)));
            }
        }

        named.AddRange(new (string, Module<Tensor, Tensor>)[]
        {
            ("mean", AvgPool2d(kernel_size: 2, stride: 2)),
            ("row", Flatten()),
            ("scores", Linear(channels, labels)),
        });
        all = Sequential(named);
        RegisterComponents();
        if (device != null && device.type != DeviceType.CPU)
            this.to(device);
    }

    public override Tensor forward(Tensor pictures) => all.forward(pictures);
}
