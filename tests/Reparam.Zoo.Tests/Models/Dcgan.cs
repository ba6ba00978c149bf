//! new Zoo.Gan(16) : randn(2, 16, 1, 1)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>A DCGAN: generator of transposed convolutions, discriminator, weights initialised by apply, and both in one module.</summary>
public class Generator : Module<Tensor, Tensor>
{
    private readonly Sequential main;

    public Generator(int latent, int features, int channels) : base("Generator")
    {
        main = Sequential(
            ConvTranspose2d(latent, features * 2, 4, 1, 0, bias: false),
            BatchNorm2d(features * 2),
            ReLU(true),
            ConvTranspose2d(features * 2, features, 4, 2, 1, bias: false),
            BatchNorm2d(features),
            ReLU(true),
            ConvTranspose2d(features, channels, 4, 2, 1, bias: false),
            Tanh());
        RegisterComponents();
        apply(WeightsInit);
    }

    public override Tensor forward(Tensor input) => main.forward(input);

    public static void WeightsInit(torch.nn.Module m)
    {
        var className = m.GetType().Name;
        if (className.Contains("Conv"))
        {
            foreach (var (name, parameter) in m.named_parameters())
            {
                if (name.Contains("weight"))
                    init.normal_(parameter, 0.0, 0.02);
            }
        }
        else if (m is BatchNorm2d norm)
        {
            init.normal_(norm.weight, 1.0, 0.02);
            init.zeros_(norm.bias);
        }
    }
}

public class Discriminator : Module<Tensor, Tensor>
{
    private readonly Sequential main;

    public Discriminator(int features, int channels) : base("Discriminator")
    {
        main = Sequential(
            Conv2d(channels, features, 4, 2, 1, bias: false),
            LeakyReLU(0.2, true),
            Conv2d(features, features * 2, 4, 2, 1, bias: false),
            BatchNorm2d(features * 2),
            LeakyReLU(0.2, inplace: true),
            Conv2d(features * 2, 1, 4, 1, 0, bias: false),
            Sigmoid());
        RegisterComponents();
        apply(Generator.WeightsInit);
    }

    public override Tensor forward(Tensor input) => main.forward(input).view(-1, 1).squeeze(1);
}

public class Gan : Module<Tensor, (Tensor image, Tensor score)>
{
    public readonly Generator generator;
    public readonly Discriminator discriminator;

    public Gan(int latent) : base("Gan")
    {
        generator = new Generator(latent, 16, 3);
        discriminator = new Discriminator(16, 3);
        RegisterComponents();
    }

    public override (Tensor image, Tensor score) forward(Tensor noise)
    {
        var image = generator.forward(noise);
        return (image, discriminator.forward(image));
    }
}
