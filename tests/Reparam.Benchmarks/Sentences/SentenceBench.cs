using System.Diagnostics;
using System.Numerics.Tensors;

namespace Reparam.Benchmarks.Sentences;

/// <summary>Measures encoders beside each other: batch by batch all of them, in another order each round. Ratios are to the first.</summary>
/// <param name="encoders">The encoders.</param>
/// <param name="rounds">How often each batch is encoded.</param>
internal sealed class SentenceBench(IReadOnlyList<ISentenceEncoder> encoders, int rounds)
{
    private const int Nearest = 10;

    /// <summary>Encodes batches.</summary>
    /// <param name="batches">The batches.</param>
    /// <param name="cancellation">Asked before each batch.</param>
    /// <returns>A line for each encoder.</returns>
    public SentenceLine[] Run(IReadOnlyList<SentenceBatch> batches, CancellationToken cancellation)
    {
        var texts = batches.Sum(batch => batch.Texts.Length);
        var vectors = encoders.Select(_ => new float[texts][]).ToArray();
        var (seconds, ratios) = (new double[encoders.Count], encoders.Select(_ => new List<double>()).ToArray());
        foreach (var batch in batches)
        {
            cancellation.ThrowIfCancellationRequested();
            var shortest = new double[encoders.Count];
            Array.Fill(shortest, double.PositiveInfinity);
            Keep(batch, vectors);
            for (var round = 0; round < rounds; round++)
            {
                var taken = Round(batch, round);
                for (var i = 0; i < taken.Length; i++)
                {
                    shortest[i] = Math.Min(shortest[i], taken[i]);
                    ratios[i].Add(taken[0] / taken[i]);
                }
            }

            TensorPrimitives.Add(seconds, shortest, seconds);
        }

        var nearest = vectors.Select(own => Enumerable.Range(0, texts).Select(text => NearestTo(text, own)).ToArray()).ToArray();
        return [.. encoders.Select((encoder, i) => new SentenceLine(
            encoder.Name, texts / seconds[i], Median(ratios[i]), encoder.LinearBytes, (double)encoder.LinearBytes / encoders[0].LinearBytes,
            vectors[i].Zip(vectors[0], (own, other) => (double)TensorPrimitives.CosineSimilarity(own, other)).Average(),
            nearest[i].Zip(nearest[0], (own, other) => own.Intersect(other).Count() / (double)other.Count).Average()))];
    }

    // Untimed: it also warms up.
    private void Keep(SentenceBatch batch, float[][][] vectors)
    {
        for (var i = 0; i < encoders.Count; i++)
        {
            var found = encoders[i].Encode(batch);
            var width = found.Length / batch.Texts.Length;
            for (var row = 0; row < batch.Texts.Length; row++)
            {
                vectors[i][batch.Texts[row]] = found.AsSpan(row * width, width).ToArray();
            }
        }
    }

    private double[] Round(SentenceBatch batch, int round)
    {
        var taken = new double[encoders.Count];
        for (var turn = 0; turn < encoders.Count; turn++)
        {
            var i = (turn + round) % encoders.Count;
            i = round / encoders.Count % 2 == 0 ? i : encoders.Count - 1 - i;
            var begin = Stopwatch.GetTimestamp();
            encoders[i].Encode(batch);
            taken[i] = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }

        return taken;
    }

    private static HashSet<int> NearestTo(int text, float[][] vectors) =>
        [.. Enumerable.Range(0, vectors.Length).Where(i => i != text).OrderByDescending(i => TensorPrimitives.Dot(vectors[i], vectors[text])).Take(Nearest)];

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}
