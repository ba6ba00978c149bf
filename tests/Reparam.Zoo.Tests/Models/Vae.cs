//! new Zoo.VariationalBayes("digits") : rand(3, 1, 6, 9)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>A variational autoencoder: layers in field initialisers, three outputs, noise in training alone, its bound as a static method.</summary>
public class VariationalBayes : Module<Tensor, (Tensor, Tensor, Tensor)>
{
    private const int Pixels = 6 * 9;

    private Linear recognise = Linear(Pixels, 20);
    private Linear centre = Linear(20, 5);
    private Linear spread = Linear(20, 5);
    private Linear imagine = Linear(5, 20);
    private Linear paint = Linear(20, Pixels);

    public VariationalBayes(string name, Device? device = null) : base(name)
    {
        RegisterComponents();
        if (device is not null && device.type == DeviceType.CUDA)
        {
            this.to(device);
        }
    }

    public override (Tensor, Tensor, Tensor) forward(Tensor images)
    {
        var (mean, logVariance) = Posterior(images.flatten(1));
        var painted = Likelihood(Sample(mean, logVariance));
        return (painted.reshape(images.shape), mean, logVariance);
    }

    /// <summary>Mean and logarithm of the variance of the code.</summary>
    public (Tensor mean, Tensor logVariance) Posterior(Tensor pixels)
    {
        var hidden = torch.tanh(recognise.forward(pixels));
        return (mean: centre.forward(hidden), logVariance: spread.forward(hidden));
    }

    /// <summary>How likely each pixel is white.</summary>
    public Tensor Likelihood(Tensor code) => functional.sigmoid(paint.forward(torch.tanh(imagine.forward(code))));

    /// <summary>The negative of the lower bound, for each image.</summary>
    public static Tensor Cost(Tensor images, Tensor painted, Tensor mean, Tensor logVariance)
    {
        var surprise = functional.binary_cross_entropy(painted, images, reduction: Reduction.Sum);
        var information = (logVariance.exp() + mean.square() - logVariance - 1).sum() / 2;
        return (surprise + information) / images.shape[0];
    }

    private Tensor Sample(Tensor mean, Tensor logVariance)
    {
        if (training)
        {
            var noise = torch.randn_like(mean);
            return mean + torch.exp(logVariance / 2) * noise;
        }

        return mean;
    }
}
