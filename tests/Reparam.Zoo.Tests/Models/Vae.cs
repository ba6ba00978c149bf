//! new Zoo.VariationalAutoencoder("vae") : rand(4, 1, 8, 8)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static TorchSharp.torch.nn.functional;

namespace Zoo;

/// <summary>A variational autoencoder: layers in field initialisers, several outputs, noise in training alone, and its loss as a static method.</summary>
public class VariationalAutoencoder : Module<Tensor, (Tensor, Tensor, Tensor)>
{
    private Linear fc1 = Linear(64, 32);
    private Linear fc21 = Linear(32, 8);
    private Linear fc22 = Linear(32, 8);
    private Linear fc3 = Linear(8, 32);
    private Linear fc4 = Linear(32, 64);

    public VariationalAutoencoder(string name, Device device = null) : base(name)
    {
        RegisterComponents();

        if (device != null && device.type != DeviceType.CPU)
            this.to(device);
    }

    public (Tensor mu, Tensor logvar) Encode(Tensor x)
    {
        var h1 = relu(fc1.forward(x));
        return (fc21.forward(h1), fc22.forward(h1));
    }

    public Tensor Reparameterize(Tensor mu, Tensor logvar)
    {
        if (!training)
            return mu;
        var std = torch.exp(0.5 * logvar);
        var eps = torch.randn_like(std);
        return mu + eps * std;
    }

    public Tensor Decode(Tensor z)
    {
        var h3 = relu(fc3.forward(z));
        return torch.sigmoid(fc4.forward(h3));
    }

    public override (Tensor, Tensor, Tensor) forward(Tensor input)
    {
        var x = input.view(-1, 64);
        var (mu, logvar) = Encode(x);
        var z = Reparameterize(mu, logvar);
        return (Decode(z), mu, logvar);
    }

    public static Tensor Loss(Tensor reconstruction, Tensor x, Tensor mu, Tensor logvar)
    {
        var cross = binary_cross_entropy(reconstruction, x.view(-1, 64), reduction: Reduction.Sum);
        var divergence = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp());
        return cross + divergence;
    }
}
