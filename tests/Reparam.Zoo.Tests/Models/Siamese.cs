//! new Zoo.Likeness("likeness") : rand(2, 1, 27, 23), rand(2, 1, 27, 23)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// Two pictures through one network (Bromley et al., 1993), and how alike they are.
/// Kinds: one module called twice, weights set by a lambda in a local that apply gets, Sequentials in fields of the base type, a shape used as size of a
/// view, a device that may be null.
/// </summary>
public class Likeness : Module<Tensor, Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> eye;
    private readonly Module<Tensor, Tensor> compare;
    private readonly Module<Tensor, Tensor> between;

    public Likeness(string name, Device device = null) : base(name)
    {
        between = Sigmoid();
        eye = Sequential(
            Conv2d(1, 8, kernel_size: 3, padding: 1), ReLU(), MaxPool2d(kernel_size: 2),
            Conv2d(8, 12, kernel_size: 5, stride: 1, padding: 2), ReLU(), MaxPool2d(kernel_size: 2),
            Flatten());
        compare = Sequential(Linear(2 * 12 * 6 * 5, 33), ReLU(inplace: true), Linear(33, 1));
        RegisterComponents();

        Action<Module> start = part =>
        {
            switch (part)
            {
                case Linear dense:
                    init.xavier_uniform_(dense.weight);
                    init.constant_(dense.bias, 0.02);
                    break;
            }
        };
        foreach (var half in new[] { eye, compare })
        {
            half.apply(start);
        }

        if (device != null && device.type != DeviceType.CPU)
        {
            this.to(device);
        }
    }

    public override Tensor forward(Tensor left, Tensor right)
    {
        var pair = new[] { Look(left), Look(right) };
        return between.forward(compare.forward(torch.cat(pair, 1)));
    }

    private Tensor Look(Tensor picture)
    {
        var seen = eye.forward(picture);
        return seen.view(seen.shape[0], -1);
    }
}
