using System.Runtime.InteropServices;
using Reparam.Benchmarks.Peers;
using Reparam.Benchmarks.Sentences;

namespace Reparam.Benchmarks.Tests;

public class SentencesVerb_Tests
{
    [Fact]
    public void Products_with_weights_become_products_of_bytes_and_all_else_stays()
    {
        var path = Path.GetTempFileName();
        try
        {
            var random = new Random(3);
            float[] weights = [.. Enumerable.Range(0, 16 * 8).Select(_ => random.NextSingle() - 0.5f)];
            File.WriteAllBytes(path, Model(weights));
            var (plain, bytes) = (new OnnxGraph(path), new OnnxGraph(path));
            plain.Keep("y");
            Assert.Equal(16 * 8 * sizeof(float), plain.ProductBytes);
            Assert.Equal(["MatMul", "MatMul"], Operators(plain.Bytes()));

            bytes.Keep("y");
            bytes.QuantizeProducts();
            Assert.Equal((16 * 8) + (8 * sizeof(float)), bytes.ProductBytes);
            Assert.Equal(["DynamicQuantizeLinear", "MatMulInteger", "Cast", "Mul", "Mul", "MatMul"], Operators(bytes.Bytes()));
            var constants = Graph(bytes.Bytes()).Values(5).Select(value => new ProtoMessage(value)).ToDictionary(constant => constant.Texts(8)[0]);
            Assert.Equal(["W.bytes", "W.scale", "W.zero"], constants.Keys.Order());
            var codes = MemoryMarshal.Cast<byte, sbyte>(constants["W.bytes"].Values(9).Single().Span);
            var scales = MemoryMarshal.Cast<byte, float>(constants["W.scale"].Values(9).Single().Span);
            for (var i = 0; i < weights.Length; i++)
            {
                Assert.Equal(weights[i], codes[i] * scales[i % 8], scales[i % 8] / 2 * 1.001f);
            }

            Assert.Throws<FormatException>(() => new OnnxGraph(path).Keep("none"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_line_says_how_far_an_encoder_is_from_the_first()
    {
        int[][] tokens = [.. Enumerable.Range(0, 30).Select(i => Enumerable.Range(0, 1 + (i % 7)).ToArray())];
        var lines = new SentenceBench([new Directions("a", 1, 100), new Directions("b", 2, 50)], 2).Run(SentenceBatch.Of(tokens, 4), CancellationToken.None);
        Assert.Equal((1.0, 1.0, 1.0), (lines[0].Ratio, lines[0].Overlap, lines[0].BytesRatio));
        Assert.Equal(1, lines[0].Cosine, 1e-6);
        Assert.Equal(0.5, lines[1].BytesRatio);
        Assert.InRange(lines[1].Cosine, -0.99, 0.99);
        Assert.InRange(lines[1].Overlap, 0, 0.99);
    }

    [Fact]
    public void Texts_of_about_one_length_share_a_batch()
    {
        var batches = SentenceBatch.Of([[1, 2, 3], [4], [5, 6], [7]], 2);
        Assert.Equal([1, 3], batches[0].Texts);
        Assert.Equal([4L, 7L], batches[0].Tokens);
        Assert.Equal([5L, 6L, 0L, 1L, 2L, 3L], batches[1].Tokens);
        Assert.Equal([1f, 1f, 0f, 1f, 1f, 1f], batches[1].Mask);
    }

    // y = (x·W)·x, and an output that nothing takes.
    private static byte[] Model(float[] weights)
    {
        static ProtoMessage Value(string name) => new ProtoMessage().Add(1, name);
        var graph = new ProtoMessage()
            .Add(1, OnnxNode.Of("MatMul", ["x", "W"], ["h"]).Message).Add(1, OnnxNode.Of("Relu", ["x"], ["z"]).Message)
            .Add(1, OnnxNode.Of("MatMul", ["h", "x"], ["y"]).Message).Add(2, "product")
            .Add(5, OnnxTensor.Of("W", OnnxTensor.Float, MemoryMarshal.AsBytes(weights.AsSpan()).ToArray(), 16, 8))
            .Add(11, Value("x")).Add(12, Value("y")).Add(12, Value("z"));
        return new ProtoMessage().Add(1, 8).Add(7, graph).Add(8, new ProtoMessage().Add(1, "").Add(2, 13)).Bytes();
    }

    private static ProtoMessage Graph(byte[] model) => new(new ProtoMessage(model).Values(7).Single());

    private static IEnumerable<string> Operators(byte[] model) => Graph(model).Values(1).Select(node => new OnnxNode(new ProtoMessage(node)).Operator);

    // A vector for each text that depends on its number and a seed.
    private sealed class Directions(string name, int seed, long bytes) : ISentenceEncoder
    {
        public string Name => name;

        public long LinearBytes => bytes;

        public float[] Encode(SentenceBatch batch) =>
            [.. batch.Texts.SelectMany(text => Enumerable.Range(0, 8).Select(i => new Random((seed * 1000) + (text * 10) + i).NextSingle() - 0.5f))];

        public void Dispose()
        {
        }
    }
}
