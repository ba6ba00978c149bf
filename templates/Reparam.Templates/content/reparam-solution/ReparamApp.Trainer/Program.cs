using Reparam.Training;
using ReparamApp.Model;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

manual_seed(1);
var config = new ClassifierConfig(Width: 128);
using var model = new Classifier(config);
using var optimizer = optim.Adam(model.parameters(), 1e-2);
var (points, arms) = SpiralPoints.Sample(1000, seed: 1);
using var x = tensor(points).view(-1, 2);
using var y = tensor(arms);

for (var step = 1; step <= 400; step++)
{
    using var scope = NewDisposeScope();
    optimizer.zero_grad();
    var loss = functional.cross_entropy(model.call(x), y);
    loss.backward();
    optimizer.step();
    model.AfterOptimizerStep();
    if (step % 100 == 0)
    {
        Console.WriteLine($"step {step}: loss {loss.item<float>():F4}");
    }
}

var path = Path.GetFullPath(args is [var given] ? given : "model.safetensors");
model.ExportDense(path, config);
Console.WriteLine($"{path} written. Build the app: it compresses the weights and runs them.");
