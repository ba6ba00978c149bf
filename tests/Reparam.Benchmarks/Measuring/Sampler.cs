using System.Diagnostics;
using Reparam.Cli.Machine;

namespace Reparam.Benchmarks.Measuring;

/// <summary>
/// Times contenders against each other: interleaved sample by sample, so that what the machine does meanwhile meets all of them alike. The calling thread is bound to one
/// processor while it measures; threads of the contenders, started in the untimed beginning, may use all that the measurement has.
/// </summary>
internal sealed class Sampler
{
    private const double RefillSeconds = 2e-4;
    private const double SettleSeconds = 2e-3;
    private const int RefillOperations = 2;
    private readonly int[] processors;

    /// <param name="threads">Threads that a contender may use, the caller included.</param>
    /// <param name="samples">Samples of a contender.</param>
    /// <param name="sampleSeconds">Length of a sample: 1 to 10 ms; one operation where that takes longer.</param>
    public Sampler(int threads, int samples, double sampleSeconds)
    {
        Threads = threads;
        Samples = samples;
        SampleSeconds = sampleSeconds;
        processors = [.. (CpuAffinity.Allowed() ?? []).Take(threads)];
    }

    /// <summary>Threads that a contender may use, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Samples of a contender.</summary>
    public int Samples { get; }

    /// <summary>Length of a sample.</summary>
    public double SampleSeconds { get; }

    /// <summary>Times the contenders.</summary>
    /// <returns>One measurement for each, in their order.</returns>
    public Measurement[] Measure(params ReadOnlySpan<Contender> contenders)
    {
        var before = CpuAffinity.Allowed() ?? [];
        var samples = new double[contenders.Length][];
        var operations = new int[contenders.Length];
        try
        {
            CpuAffinity.Bind(processors);
            for (var i = 0; i < contenders.Length; i++)
            {
                samples[i] = new double[Samples];
                operations[i] = Math.Max(1, (int)Math.Round(SampleSeconds / WarmUp(contenders[i].Run)));
            }

            CpuAffinity.Bind(processors.AsSpan(0, Math.Min(1, processors.Length)));
            GC.Collect();
            for (var sample = 0; sample < Samples; sample++)
            {
                for (var turn = 0; turn < contenders.Length; turn++)
                {
                    // Every other round goes backwards: no contender always follows the same one.
                    var i = sample % 2 == 0 ? turn : contenders.Length - 1 - turn;
                    samples[i][sample] = Sample(contenders[i], operations[i]);
                }
            }
        }
        finally
        {
            CpuAffinity.Bind(before);
        }

        var measurements = new Measurement[contenders.Length];
        for (var i = 0; i < contenders.Length; i++)
        {
            measurements[i] = Measurement.Of(contenders[i], samples[i]);
        }

        return measurements;
    }

    // The untimed part also wakes the contender's threads, which may have gone to sleep while another one was timed, and lets those of the other one go to sleep.
    private double Sample(Contender contender, int operations)
    {
        var settle = Threads == 1 ? RefillSeconds : SettleSeconds;
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < RefillOperations || Stopwatch.GetElapsedTime(begin).TotalSeconds < settle; i++)
        {
            contender.Run();
        }

        begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < operations; i++)
        {
            contender.Run();
        }

        return Stopwatch.GetElapsedTime(begin).TotalSeconds / operations;
    }

    // Runs for as long as all samples will take, so that the code is compiled and the caches are full; gives about the seconds of an operation.
    private double WarmUp(Action run)
    {
        run();
        var shortest = double.PositiveInfinity;
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < 3 || Stopwatch.GetElapsedTime(start).TotalSeconds < Samples * SampleSeconds; i++)
        {
            var begin = Stopwatch.GetTimestamp();
            run();
            shortest = Math.Min(shortest, Stopwatch.GetElapsedTime(begin).TotalSeconds);
        }

        return Math.Max(shortest, 1e-7);
    }
}
