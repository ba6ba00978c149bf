//! new Zoo.AdversarialPair(16) : randn(2, 16, 1, 1)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// A generative adversarial network of convolutions (Radford et al., 2016), both players in one module.
/// Kinds: Sequential fields of own type, transposed convolutions by place and by name, apply with a static method of another class that looks at the
/// class's name and at named_parameters, public fields of user modules, an output of two tensors.
/// </summary>
public class AdversarialPair : Module<Tensor, (Tensor picture, Tensor belief)>
{
    public readonly Painter painter;
    public readonly Critic critic;

    public AdversarialPair(int noise, int width = 16, int colours = 3) : base("Adversarial pair")
    {
        painter = new Painter(noise, width, colours);
        critic = new Critic(colours, width);
        RegisterComponents();
    }

    public override (Tensor picture, Tensor belief) forward(Tensor noise)
    {
        var picture = painter.forward(noise);
        var belief = critic.forward(picture);
        return (picture, belief);
    }
}

public class Painter : Module<Tensor, Tensor>
{
    private readonly Sequential canvas;

    public Painter(int noise, int width, int colours) : base(nameof(Painter))
    {
        // From one point to 3, 6 and 12 pixels a side.
        canvas = Sequential(
            ConvTranspose2d(noise, 2 * width, 3, bias: false),
            BatchNorm2d(2 * width),
            ReLU(inplace: true),
            ConvTranspose2d(2 * width, width, 4, 2, 1, bias: false),
            BatchNorm2d(width),
            ReLU(true),
            ConvTranspose2d(width, colours, kernel_size: 4, stride: 2, padding: 1, bias: false),
            Tanh());
        RegisterComponents();
        apply(Start);
    }

    public static void Start(torch.nn.Module part)
    {
        if (part is BatchNorm2d norm)
        {
            init.normal_(norm.weight, 1.0, 0.02);
            init.zeros_(norm.bias);
            return;
        }

        if (!part.GetType().Name.StartsWith("Conv"))
        {
            return;
        }

        foreach (var (name, values) in part.named_parameters())
        {
            if (name.EndsWith("weight"))
            {
                init.normal_(values, 0.0, 0.02);
            }
        }
    }

    public override Tensor forward(Tensor noise) => canvas.forward(noise);
}

public class Critic : Module<Tensor, Tensor>
{
    private readonly Sequential look;

    public Critic(int colours, int width) : base(nameof(Critic))
    {
        look = Sequential(
            Conv2d(colours, width, 4, 2, 1, bias: false),
            LeakyReLU(negative_slope: 0.2, inplace: true),
            Conv2d(width, 2 * width, 4, stride: 2, padding: 1, bias: false),
            BatchNorm2d(2 * width),
            LeakyReLU(0.2, true),
            Conv2d(2 * width, 1, 3, bias: false),
            Sigmoid());
        RegisterComponents();
        apply(Painter.Start);
    }

    public override Tensor forward(Tensor pictures)
    {
        var beliefs = look.forward(pictures);
        return beliefs.view(-1, 1).squeeze(1);
    }
}
