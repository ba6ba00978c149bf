using System.Numerics.Tensors;
using Microsoft.ML.Tokenizers;
using Reparam.Runtime;
using SemanticSearch;

namespace Reparam.Samples.Tests;

/// <summary>The packed sentence encoder beside the float model that the build made it of.</summary>
public class SentenceEncoderTests
{
    private static readonly string[] Sentences =
    [
        "A cat purrs on the sofa while the rain falls outside.", "The bank pays interest on deposits that are left for a year.",
        "Nobody expected the bridge to be closed for repairs in the middle of summer.", "She plays the violin in a small orchestra.",
        "The committee will vote on the proposal next Tuesday morning.", "Fresh bread smells best early in the day.",
        "A prime number has exactly two divisors.", "The ship left the harbour before the storm arrived.",
    ];

    [Fact]
    public void Packed_vectors_are_nearly_those_of_the_float_model()
    {
        var folder = AppProcess.Folder("SemanticSearch");
        var dense = Path.Combine(folder, "..", "..", "..", "obj", "minilm", "minilm.safetensors");
        var (exact, packed) = (SentenceEncoderRuntime.Load(dense, new BertConfig()), Load(folder));
        using var words = File.OpenRead(Path.Combine(folder, "vocab.txt"));
        var tokenizer = BertTokenizer.Create(words);
        var cosines = Sentences.Select(sentence =>
        {
            long[] tokens = [.. tokenizer.EncodeToIds(sentence)];
            var (theirs, ours) = (Encode(exact, tokens), Encode(packed, tokens));
            Assert.Equal(1, TensorPrimitives.Norm(ours), 1e-5f);
            return TensorPrimitives.CosineSimilarity(theirs, ours);
        }).ToArray();
        Assert.InRange(cosines.Average(), 0.985, 1);
        Assert.All(cosines, cosine => Assert.InRange(cosine, 0.96, 1));
    }

    [Fact]
    public void Padding_changes_no_vector()
    {
        var model = Load(AppProcess.Folder("SemanticSearch"));
        long[] tokens = [101, 1996, 4937, 2938, 2006, 1996, 13523, 102];
        var alone = Encode(model, tokens);
        using var scope = TensorScope.Open();
        float[] mask = [.. Enumerable.Repeat(1f, 8), .. Enumerable.Repeat(0f, 5), .. Enumerable.Repeat(1f, 13)];
        long[] both = [.. tokens, .. new long[5], .. tokens[..7], .. tokens[2..]];
        var padded = model.Call(Torch.Tensor(both, 2, 13), Torch.Tensor(mask, 2, 13)).ToArray<float>()[..alone.Length];
        Assert.InRange(TensorPrimitives.CosineSimilarity(alone, padded), 0.9999f, 1.0001f);
    }

    private static SentenceEncoderRuntime Load(string folder) =>
        SentenceEncoderRuntime.Load(Path.Combine(folder, "minilm.reparam.safetensors"), new BertConfig());

    private static float[] Encode(SentenceEncoderRuntime model, long[] tokens)
    {
        using var scope = TensorScope.Open();
        var mask = new float[tokens.Length];
        mask.AsSpan().Fill(1);
        return model.Call(Torch.Tensor(tokens, 1, tokens.Length), Torch.Tensor(mask, 1, tokens.Length)).ToArray<float>();
    }
}
