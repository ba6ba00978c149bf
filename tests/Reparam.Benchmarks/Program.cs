// Packed products beside float32 products of the same shape: ratios, not absolute claims. Run on an otherwise idle machine:
//
//   dotnet run --project tests/Reparam.Benchmarks -c Release -- --filter '*MatrixVector*'
//   dotnet run --project tests/Reparam.Benchmarks -c Release -- --filter '*Batch*'
//   dotnet run --project tests/Reparam.Benchmarks -c Release -- --filter '*KernelPath*'
//   dotnet run --project tests/Reparam.Benchmarks -c Release -- --filter '*Convolution*' '*ImageLayer*'
//
// REPARAM_THREADS bounds the threads of every contestant (float32 loop excepted: it has one); REPARAM_ISA chooses the kernel path.
// Read the column Ratio: time over that of the float32 loop in the same process. "Cold" matrices come from memory, one after another, as in a model
// that does not fit the caches; the others are used again and again. --job short gives a first impression.
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
    .AddExporter(MarkdownExporter.GitHub)
    .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(MatrixVectorBenchmarks).Assembly).Run(args, config);
