using Reparam.Benchmarks.Measuring;
using Reparam.Cli.Machine;
using Reparam.Runtime.Packed;

namespace Reparam.Benchmarks.Models;

/// <summary>Measures a decoder beside a probe of the read bandwidth.</summary>
/// <param name="decoder">The model.</param>
/// <param name="prompt">Tokens of the prompt whose first token is timed.</param>
/// <param name="depth">Tokens that the cache holds when decoding begins.</param>
/// <param name="tokens">Tokens to decode.</param>
/// <param name="threads">Threads of the products, and of the probe.</param>
/// <param name="samples">Samples of the time of a token and of the probe; a tenth of them of the first token.</param>
internal sealed class ModelBenchmark(Decoder decoder, int prompt, int depth, int tokens, int threads, int samples)
{
    // A token of a large model is a sample; several of a small one.
    private const double SampleSeconds = 1e-3;

    /// <summary>Measures.</summary>
    public ModelReport Run(CancellationToken cancellation)
    {
        var loop = new DecodeLoop(decoder, depth, tokens);
        var bytes = WeightBytes.Of(decoder);
        var read = bytes.Packed + bytes.Dense;
        var cold = read > CacheSizes.Machine.Level3;
        var sampler = new Sampler(threads, samples, SampleSeconds);
        using var team = new PinnedTeam(threads);
        if (depth > 0)
        {
            loop.Read(loop.Prompt(depth));
        }

        var probes = BandwidthProbe.Contenders(read, cold, team);
        var measured = sampler.Measure([new("decode", loop.DecodeToken, read, Cold: true), .. probes]);
        cancellation.ThrowIfCancellationRequested();
        var allocated = Allocated(loop);
        var profile = Profile(loop);
        cancellation.ThrowIfCancellationRequested();
        var ids = loop.Prompt(prompt);
        var first = new Sampler(threads, Math.Max(1, samples / 10), SampleSeconds).Measure(new Contender("first token", () => loop.Read(ids), read, Cold: true))[0];
        return new ModelReport(
            decoder.Sizes, bytes, PackedKernels.Current, threads, prompt, depth, tokens, measured[0], first, cold, measured.Skip(1).Max(probe => probe.BytesPerSecond), allocated, profile);
    }

    private double Allocated(DecodeLoop loop)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Decode(loop);
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)tokens;
    }

    private double[] Profile(DecodeLoop loop)
    {
        decoder.Clock.Start();
        for (var i = 0; i < Math.Max(1, samples / tokens); i++)
        {
            Decode(loop);
        }

        decoder.Clock.Stop();
        var ticks = decoder.Clock.Ticks.ToArray();
        return [.. ticks.Select(each => each / (double)ticks.Sum())];
    }

    private void Decode(DecodeLoop loop)
    {
        for (var i = 0; i < tokens; i++)
        {
            loop.DecodeToken();
        }
    }
}
