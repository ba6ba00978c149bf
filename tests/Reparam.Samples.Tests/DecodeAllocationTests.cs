using StoryTeller;

namespace Reparam.Samples.Tests;

/// <summary>Telling a story makes no garbage, whatever the weights are coded in.</summary>
public class DecodeAllocationTests
{
    private const int Tokens = 100;
    private const int Turns = 5;

    [Theory]
    [InlineData(32)]
    [InlineData(4)]
    [InlineData(3)]
    [InlineData(2)]
    public void A_hundred_tokens_allocate_nothing_once_warm(int bits)
    {
        var model = LlamaRuntime.Load(StoryTeller.ModelFile.Of(bits).Path);
        using var decoder = new LlamaDecoder(model);
        var sampler = new Sampler(model.Config.VocabularySize, temperature: 0.9f, topP: 0.9f, seed: 1);

        // What a token allocates it allocates in every turn; the compiler of hot methods, which allocates in one turn or another, is not meant.
        var least = Enumerable.Range(0, Turns).Min(_ => Allocated(() => Decode(decoder, sampler)));
        Assert.Equal(0, least);
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Decode(LlamaDecoder decoder, Sampler sampler)
    {
        decoder.Reset();
        long token = Tokenizer.BeginOfSequence;
        for (var i = 0; i < Tokens; i++)
        {
            token = sampler.Next(decoder.Read(token));
        }
    }
}
