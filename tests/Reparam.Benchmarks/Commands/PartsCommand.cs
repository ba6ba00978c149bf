using System.CommandLine;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Commands;

/// <summary>Verb <c>parts</c>: the parts of packed products, each by itself, and products beside float32 and bfloat16 ones. BenchmarkDotNet measures them and reads the options.</summary>
internal static class PartsCommand
{
    public static Command Create()
    {
        var options = new Argument<string[]>("options") { Description = "Options of BenchmarkDotNet, such as --filter '*Batch*' --job short.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("parts", "Measures the parts of packed products one by one with BenchmarkDotNet.") { options };
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(parsed => Run([.. parsed.GetValue(options)!, .. parsed.UnmatchedTokens]));
        return command;
    }

    private static int Run(string[] arguments)
    {
        Console.WriteLine($"kernel path {PackedKernels.Current}, threads {PackedKernels.Threads}");

        // In process: libtorch is half a gigabyte, which a process and a build for each benchmark would copy again and again.
        var config = ManualConfig.CreateEmpty()
            .AddLogger(ConsoleLogger.Default)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddExporter(MarkdownExporter.GitHub);
        if (!arguments.Contains("--job"))
        {
            config.AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance));
        }

        BenchmarkSwitcher.FromAssembly(typeof(PartsCommand).Assembly).Run(arguments, config);
        return 0;
    }
}
