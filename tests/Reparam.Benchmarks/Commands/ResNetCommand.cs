using System.CommandLine;
using Reparam.Benchmarks.Images;
using Reparam.Benchmarks.Measuring;
using Reparam.Benchmarks.Peers;
using Reparam.Cli.Machine;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Commands;

/// <summary>Verb <c>resnet</c>: convolutions in float32 and packed, beside libtorch, on one thread.</summary>
internal static class ResNetCommand
{
    private const int Bits = 4;

    public static Command Create()
    {
        var quick = new Option<bool>("--quick") { Description = "Fewer and shorter samples: a first impression." };
        var command = new Command(
            "resnet", "Measures the convolutions of ResNet-20 and larger ones on one thread: in float32, packed in 4 bits, and with libtorch in float32.") { quick };
        command.SetAction((parsed, cancellation) => Task.Run(() => BenchErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            BenchArguments.UseThreads(1);
            var sampler = parsed.GetValue(quick) ? new Sampler(1, samples: 25, sampleSeconds: 5e-4) : new Sampler(1, samples: 100, sampleSeconds: 2e-3);
            var torch = TorchLibrary.Load(1);
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd}; {MachineFacts.Read().Line()}; kernel path {PackedKernels.Current.ToString().ToLowerInvariant()}");
            var bench = new LayerBench(sampler, torch, Bits);
            output.WriteLine();
            output.WriteLine(LayerLine.Head);
            foreach (var (shape, images) in LayerShape.ResNet20.SelectMany(shape => (int[])[1, 16], (shape, images) => (shape, images))
                .Concat(LayerShape.Larger.Select(shape => (shape, 1))))
            {
                cancellation.ThrowIfCancellationRequested();
                output.WriteLine(bench.Measure(shape, images).Text());
            }
        })));
        return command;
    }
}
