using System.CommandLine;
using Reparam.Benchmarks.Images;
using Reparam.Benchmarks.Measuring;
using Reparam.Benchmarks.Peers;
using Reparam.Cli.Machine;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Commands;

/// <summary>Verb <c>resnet</c>: ResNet-20 as a twin in float32 and packed, beside TorchSharp, on one thread; on request its layers one by one.</summary>
internal static class ResNetCommand
{
    private const int Bits = 4;

    public static Command Create()
    {
        var file = new Option<string?>("--file") { Description = "PyTorch checkpoint with names like module.conv1.weight; random weights if left out.", HelpName = "FILE" };
        var layers = new Option<bool>("--layers") { Description = "Its convolutions one by one instead, and larger ones, beside libtorch." };
        var quick = new Option<bool>("--quick") { Description = "Fewer and shorter samples: a first impression." };
        var command = new Command("resnet", "Runs ResNet-20 on one thread: as a twin in float32 and packed in 4 bits, and with TorchSharp in float32.")
        {
            file, layers, quick,
        };
        command.SetAction((parsed, cancellation) => Task.Run(() => BenchErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            BenchArguments.UseThreads(1);
            var sampler = parsed.GetValue(quick) ? new Sampler(1, samples: 25, sampleSeconds: 5e-4) : new Sampler(1, samples: 100, sampleSeconds: 2e-3);
            var torch = TorchLibrary.Load(1);
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd}; {MachineFacts.Read().Line()}; kernel path {PackedKernels.Current.ToString().ToLowerInvariant()}");
            output.WriteLine();
            if (parsed.GetValue(layers))
            {
                var bench = new LayerBench(sampler, torch, Bits);
                output.WriteLine(LayerLine.Head);
                foreach (var (shape, images) in LayerShape.ResNet20.SelectMany(shape => (int[])[1, 16], (shape, images) => (shape, images))
                    .Concat(LayerShape.Larger.Select(shape => (shape, 1))))
                {
                    cancellation.ThrowIfCancellationRequested();
                    output.WriteLine(bench.Measure(shape, images).Text());
                }
            }
            else
            {
                using var models = ResNetModels.Create(Bits, parsed.GetValue(file));
                output.WriteLine(ResNetLine.Head);
                foreach (var images in (int[])[1, 100])
                {
                    cancellation.ThrowIfCancellationRequested();
                    output.WriteLine(new ResNetBench(sampler, models).Measure(images).Text());
                }
            }
        })));
        return command;
    }
}
