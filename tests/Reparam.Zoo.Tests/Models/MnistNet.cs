//! new Zoo.DigitReader("digits") : rand(3, 1, 28, 28)
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// The network for digits that tutorials begin with (after LeCun et al., 1998).
/// Kinds: an internal class whose every layer, also those without weights, sits in a field initialiser of the base type; a device that may be null.
/// </summary>
internal class DigitReader : Module<Tensor, Tensor>
{
    private Module<Tensor, Tensor> strokes = Conv2d(1, 10, 5);
    private Module<Tensor, Tensor> bends = Conv2d(10, 15, 5);
    private Module<Tensor, Tensor> parts = Linear(15 * 4 * 4, 50);
    private Module<Tensor, Tensor> digits = Linear(50, 10);

    private Module<Tensor, Tensor> halve1 = MaxPool2d(kernel_size: new long[] { 2, 2 });
    private Module<Tensor, Tensor> halve2 = MaxPool2d(kernel_size: new long[] { 2, 2 });
    private Module<Tensor, Tensor> relu1 = ReLU();
    private Module<Tensor, Tensor> relu2 = ReLU();
    private Module<Tensor, Tensor> relu3 = ReLU();
    private Module<Tensor, Tensor> forget1 = Dropout(0.2);
    private Module<Tensor, Tensor> forget2 = Dropout(0.5);
    private Module<Tensor, Tensor> row = Flatten();
    private Module<Tensor, Tensor> chances = LogSoftmax(1);

    public DigitReader(string name, Device device = null) : base(name)
    {
        RegisterComponents();
        if (device != null && device.type == DeviceType.CUDA)
            this.to(device);
    }

    public override Tensor forward(Tensor images)
    {
        using (NewDisposeScope())
        {
            var x = strokes.forward(images);
            x = relu1.forward(halve1.forward(x));
            x = bends.forward(x);
            x = relu2.forward(halve2.forward(forget1.forward(x)));
            x = parts.forward(row.forward(x));
            x = forget2.forward(relu3.forward(x));
            return chances.forward(digits.forward(x)).MoveToOuterDisposeScope();
        }
    }
}
