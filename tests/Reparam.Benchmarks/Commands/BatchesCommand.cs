using System.CommandLine;
using Reparam.Benchmarks.Kernels;
using Reparam.Benchmarks.Measuring;
using Reparam.Benchmarks.Peers;
using Reparam.Cli.Machine;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Commands;

/// <summary>Verb <c>batches</c>: products of many input rows and convolutions, on one thread.</summary>
internal static class BatchesCommand
{
    // Those of MiniLM: width 384, hidden 1536.
    private static readonly (int Rows, int Columns)[] Shapes = [(384, 384), (1536, 384), (384, 1536), (4096, 4096)];

    // Those of ResNet-20.
    private static readonly (int Channels, int Outputs, int Side, int Stride)[] Convolutions =
        [(16, 16, 32, 1), (16, 32, 32, 2), (32, 32, 16, 1), (32, 64, 16, 2), (64, 64, 8, 1)];

    public static Command Create()
    {
        var quick = new Option<bool>("--quick") { Description = "Fewer and shorter samples: a first impression." };
        var command = new Command(
            "batches", "Measures products of many input rows and convolutions on one thread: in levels, by look-ups, and with libtorch in float32.") { quick };
        command.SetAction((parsed, cancellation) => Task.Run(() => BenchErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            BenchArguments.UseThreads(1);
            var sampler = parsed.GetValue(quick) ? new Sampler(1, samples: 25, sampleSeconds: 5e-4) : new Sampler(1, samples: 100, sampleSeconds: 2e-3);
            var bench = new BatchBench(sampler, TorchLibrary.Load(1));
            var output = parsed.InvocationConfiguration.Output;
            output.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd}; {MachineFacts.Read().Line()}; kernel path {PackedKernels.Current.ToString().ToLowerInvariant()}");
            output.WriteLine();
            output.WriteLine(BatchLine.Head);
            foreach (var (rows, columns) in Shapes)
            {
                foreach (var bits in (int[])[3, 4])
                {
                    foreach (var precision in (KernelPrecision[])[KernelPrecision.Default, KernelPrecision.Fast])
                    {
                        foreach (var inputs in (int[])[32, 128])
                        {
                            cancellation.ThrowIfCancellationRequested();
                            var item = new KernelCase(rows, columns, "nested", bits, Precision: precision, Path: PackedKernels.Current, Batch: inputs);
                            output.WriteLine(bench.Product(item).Text());
                        }
                    }
                }
            }

            foreach (var (channels, outputs, side, stride) in Convolutions)
            {
                foreach (var images in (int[])[1, 16])
                {
                    cancellation.ThrowIfCancellationRequested();
                    output.WriteLine(bench.Convolution((channels, outputs, side, stride, images), 4, KernelPrecision.Default).Text());
                }
            }
        })));
        return command;
    }
}
