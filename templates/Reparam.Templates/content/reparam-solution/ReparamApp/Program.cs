using Reparam.Runtime;
using ReparamApp.Model;

var path = Path.Combine(AppContext.BaseDirectory, "model.reparam.safetensors");
if (!File.Exists(path))
{
    Console.Error.WriteLine("There is no trained model yet: run 'dotnet run --project ReparamApp.Trainer' in the solution's folder, then build again.");
    return 1;
}

var model = ClassifierRuntime.Load(path);
var (points, arms) = SpiralPoints.Sample(1000, seed: 2);
using var scope = TensorScope.Open();
var logits = model.Call(Torch.Tensor(points).View(-1, 2)).Span<float>();
var right = 0;
for (var i = 0; i < arms.Length; i++)
{
    right += (logits[2 * i + 1] > logits[2 * i] ? 1 : 0) == arms[i] ? 1 : 0;
}

Console.WriteLine($"{right} of {arms.Length} points told apart, {new FileInfo(path).Length} bytes of weights, no libtorch.");
return 0;
