using System.Text;
using Reparam.Checkpoints;
using StoryTeller;

namespace Reparam.Samples.Tests;

public class StoryTests
{
    private static readonly Tokenizer Tokenizer = Tokenizer.Load(ModelFile.Asset("tok512.bin"));

    [Fact]
    public void Float_weights_give_the_published_loss()
    {
        var evaluation = Evaluate(ModelFile.Of(32));
        Assert.Equal(1804, evaluation.Predictions);
        Assert.InRange(evaluation.NatsPerToken, 1.264, 1.268);
    }

    [Theory]
    [InlineData("4-bit", 4.5, 1.30)]
    [InlineData("mixed", 3.5, 1.40)]
    [InlineData("3-bit", 3.5, 1.42)]
    [InlineData("2-bit", 2.5, 2.20)]
    public void Packed_weights_keep_to_their_size_and_their_loss(string name, double bits, double nats)
    {
        var file = ModelFile.All.First(file => file.Name == name);
        Assert.InRange(Evaluate(file).NatsPerToken, 1.26, nats);

        using var dense = Checkpoint.Open(ModelFile.Of(32).Path);
        using var packed = Checkpoint.Open(file.Path);
        var coded = dense.Names.Where(tensor => !packed.Contains(tensor)).Sum(tensor => dense.Info(tensor).ElementCount);
        Assert.Equal(226_560, coded);
        Assert.InRange(8.0 * packed.Names.Where(tensor => !dense.Contains(tensor)).Sum(tensor => packed.Info(tensor).ByteLength) / coded, bits - 0.2, bits);
    }

    [Fact]
    public void The_float_model_tells_the_story_that_it_is_known_for()
    {
        var output = new MemoryStream();
        using var decoder = new LlamaDecoder(LlamaRuntime.Load(ModelFile.Of(32).Path));
        Story.Tell(decoder, Tokenizer, new Sampler(512, temperature: 0, topP: 1, seed: 0), "", 60, output, CancellationToken.None);
        Assert.StartsWith(
            "Once upon a time, there was a little girl named Lily. She loved to play outside in the park.",
            Encoding.UTF8.GetString(output.ToArray()));
    }

    [Theory]
    [InlineData(32, 1e-4f)]
    [InlineData(4, 2e-2f)]
    public void One_token_after_the_other_gives_the_logits_of_all_at_once(int bits, float tolerance)
    {
        // The cache against the causal mask: two paths through the same forward.
        var model = LlamaRuntime.Load(ModelFile.Of(bits).Path);
        var tokens = Tokenizer.Encode("Lily had a red ball and a big dog.").ToArray();
        using var cache = new KeyValueCacheRuntime(model.Config);
        var together = new float[tokens.Length * model.Config.VocabularySize];
        using (Reparam.Runtime.TensorScope.Open())
        {
            model.Call(Reparam.Runtime.Torch.Tensor(tokens), cache).Span<float>().CopyTo(together);
        }

        using var decoder = new LlamaDecoder(model);
        for (var i = 0; i < tokens.Length; i++)
        {
            var logits = decoder.Read(tokens[i]);
            for (var token = 0; token < logits.Length; token++)
            {
                Assert.Equal(together[i * logits.Length + token], logits[token], tolerance);
            }
        }
    }

    [Fact]
    public void A_sequence_longer_than_the_model_takes_is_refused()
    {
        var model = LlamaRuntime.Load(ModelFile.Of(32).Path);
        using var cache = new KeyValueCacheRuntime(model.Config);
        model.Call(Reparam.Runtime.Torch.Tensor(new long[model.Config.MaxSequenceLength]), cache);
        Assert.Contains(
            "513 tokens",
            Assert.Throws<InvalidOperationException>(() => model.Call(Reparam.Runtime.Torch.Tensor(new long[1]), cache)).Message);
    }

    [Fact]
    public void A_steady_decode_loop_makes_no_garbage()
    {
        using var decoder = new LlamaDecoder(LlamaRuntime.Load(ModelFile.Of(ModelFile.DefaultBits).Path));
        var sampler = new Sampler(512, temperature: 0.8f, topP: 0.9f, seed: 1);
        var token = Tokenizer.BeginOfSequence;
        for (var i = 0; i < 300; i++)
        {
            token = sampler.Next(decoder.Read(token));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++)
        {
            token = sampler.Next(decoder.Read(token));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Evaluation Evaluate(ModelFile file) =>
        Evaluation.Of(LlamaRuntime.Load(file.Path), Tokenizer, File.ReadAllText(ModelFile.Asset("tinystories.txt")));
}
