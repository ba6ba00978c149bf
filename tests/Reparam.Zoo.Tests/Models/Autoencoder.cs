//! new Zoo.Autoencoder(64) : rand(4, 64)
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>An autoencoder whose halves have primary constructors and layers in field initialisers; TorchSharp registers them with their parent.</summary>
public class Autoencoder : Module<Tensor, Tensor>
{
    private readonly Encoder encoder;
    private readonly Decoder decoder;

    public Autoencoder(int inputs, int hidden = 16) : base(nameof(Autoencoder))
    {
        (encoder, decoder) = (new(inputs, hidden), new(hidden, inputs));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => decoder.call(encoder.call(x));
}

public class Encoder(int inputs, int hidden) : Module<Tensor, Tensor>(nameof(Encoder))
{
    private readonly Module<Tensor, Tensor> net = Sequential(Linear(inputs, 32), ReLU(), Linear(32, hidden));

    public override Tensor forward(Tensor x) => net.call(x);
}

public class Decoder(int hidden, int outputs) : Module<Tensor, Tensor>(nameof(Decoder))
{
    private readonly Module<Tensor, Tensor> first = Linear(hidden, 32);
    private readonly Module<Tensor, Tensor> last = Linear(32, outputs);

    public override Tensor forward(Tensor x) => functional.sigmoid(last.call(functional.leaky_relu(first.call(x), 0.1)));
}
