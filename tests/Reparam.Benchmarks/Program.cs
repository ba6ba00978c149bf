// The parts of packed products, each by itself, and products beside float32 and bfloat16 ones: ratios, not absolute claims. Run on an otherwise idle machine:
//
//   dotnet run --project tests/Reparam.Benchmarks -c Release -- --filter '*MatrixVector*'     one input row, packed, float32, bfloat16; from cache and from memory
//   dotnet run --project tests/Reparam.Benchmarks -c Release -- --filter '*Batch*'            1 to 128 input rows
//   dotnet run --project tests/Reparam.Benchmarks -c Release -- --filter '*KernelPath*'       every path and precision
//   dotnet run --project tests/Reparam.Benchmarks -c Release -- --filter '*Layout*'           every layout: products and repack
//   dotnet run --project tests/Reparam.Benchmarks -c Release -- --filter '*Table*'            building the tables of an input row
//   dotnet run --project tests/Reparam.Benchmarks -c Release -- --filter '*HandOff*'          sharing work between threads
//   dotnet run --project tests/Reparam.Benchmarks -c Release -- --filter '*Sharing*'          tables of one input for several matrices
//   dotnet run --project tests/Reparam.Benchmarks -c Release -- --filter '*Convolution*' '*ImageLayer*'
//
// REPARAM_THREADS bounds the threads of every contestant (the plain float32 loop has one); REPARAM_ISA chooses the kernel path. --job short --inProcess
// gives a first impression. `reparam bench kernels` prints the figures of docs/performance.md; it alternates its contenders, which this does not.
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Reparam.Benchmarks;
using Reparam.Runtime.Packed;

Console.WriteLine($"kernel path {PackedKernels.Current}, threads {PackedKernels.Threads}");

// In process: libtorch is half a gigabyte, which a process and a build for each benchmark would copy again and again.
var config = ManualConfig.CreateEmpty()
    .AddLogger(ConsoleLogger.Default)
    .AddColumnProvider(DefaultColumnProviders.Instance)
    .AddExporter(MarkdownExporter.GitHub);
if (!args.Contains("--job"))
{
    config.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance));
}

BenchmarkSwitcher.FromAssembly(typeof(MatrixVectorBenchmarks).Assembly).Run(args, config);
