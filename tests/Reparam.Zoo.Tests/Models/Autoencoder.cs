//! new Zoo.Autoencoder(27) : rand(4, 27)
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// An autoencoder with a narrow middle (Hinton and Salakhutdinov, 2006).
/// Kinds: primary constructors whose arguments reach the base and the field initialisers, halves that never call RegisterComponents (their parent
/// does), assignment of two fields as a tuple, target-typed new.
/// </summary>
public class Autoencoder : Module<Tensor, Tensor>
{
    private readonly Squeeze squeeze;
    private readonly Restore restore;

    public Autoencoder(int pixels, int code = 3) : base(nameof(Autoencoder))
    {
        (squeeze, restore) = (new(pixels, code), new(code, pixels));
        RegisterComponents();
    }

    public override Tensor forward(Tensor pictures) => restore.call(squeeze.call(pictures));
}

public class Squeeze(int pixels, int code) : Module<Tensor, Tensor>(nameof(Squeeze))
{
    private readonly Module<Tensor, Tensor> steps = Sequential(Linear(pixels, 19), ReLU(), Linear(19, 11), ELU(), Linear(11, code));

    public override Tensor forward(Tensor pictures) => steps.call(pictures);
}

public class Restore(int code, int pixels) : Module<Tensor, Tensor>(nameof(Restore))
{
    private readonly Module<Tensor, Tensor> widen = Linear(code, 17);
    private readonly Module<Tensor, Tensor> paint = Linear(17, pixels);

    public override Tensor forward(Tensor codes)
    {
        var wide = functional.leaky_relu(widen.call(codes), 0.05);
        return functional.sigmoid(paint.call(wide));
    }
}
