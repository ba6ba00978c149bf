using System.CommandLine;
using System.Runtime.Intrinsics.X86;
using Reparam.Benchmarks.Kernels;
using Reparam.Benchmarks.Measuring;
using Reparam.Benchmarks.Peers;
using Reparam.Cli.Machine;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Commands;

/// <summary>Verb <c>uniform</c>: products of integers, on one thread.</summary>
internal static class UniformCommand
{
    public static Command Create()
    {
        var quick = new Option<bool>("--quick") { Description = "Fewer and shorter samples: a first impression." };
        var command = new Command(
            "uniform", "Measures products of the format uniform on one thread, beside libtorch in float32 and ONNX Runtime's MatMulInteger.") { quick };
        command.SetAction((parsed, cancellation) => Task.Run(() => BenchErrors.Run(parsed.InvocationConfiguration.Error, () =>
        {
            BenchArguments.UseThreads(1);
            var sampler = parsed.GetValue(quick) ? new Sampler(1, samples: 25, sampleSeconds: 1e-3) : new Sampler(1, samples: 100, sampleSeconds: 2e-3);
            var bench = new UniformBench(sampler, TorchLibrary.Load(1));
            var output = parsed.InvocationConfiguration.Output;
            var dot = AvxVnni.IsSupported ? "AVX-VNNI" : "no AVX-VNNI";
            output.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd}; {MachineFacts.Read().Line()}; {dot}; ONNX Runtime {OnnxProduct.Version}");
            output.WriteLine();
            output.WriteLine(UniformLine.Head);
            foreach (var (rows, columns) in ((int, int)[])[(1024, 1024), (4096, 4096)])
            {
                foreach (var inputs in (int[])[32, 1])
                {
                    cancellation.ThrowIfCancellationRequested();
                    output.WriteLine(bench.Bytes(rows, columns, inputs, PackedKernels.Current).Text());
                }
            }

            foreach (var (bits, inputs) in ((int, int)[])[(4, 1), (4, 32), (8, 1)])
            {
                foreach (var precision in (KernelPrecision[])[KernelPrecision.Default, KernelPrecision.Fast])
                {
                    cancellation.ThrowIfCancellationRequested();
                    output.WriteLine(bench.Groups(bits, 4096, 4096, inputs, PackedKernels.Current, precision).Text());
                }
            }
        })));
        return command;
    }
}
