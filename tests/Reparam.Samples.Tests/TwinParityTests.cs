using Reparam.Checkpoints;
using StoryTeller;
using static TorchSharp.torch;

namespace Reparam.Samples.Tests;

/// <summary>The annotated class under TorchSharp against its twin on Reparam.Runtime, with the same weights.</summary>
[Collection(TorchSharpAlone.Name)]
public class TwinParityTests
{
    [Fact]
    public void The_twin_of_Llama_computes_what_TorchSharp_computes()
    {
        var path = StoryTeller.ModelFile.Of(32).Path;
        var twin = LlamaRuntime.Load(path);
        using var model = new Llama(twin.Config);
        using (var checkpoint = Checkpoint.Open(path))
        {
            Assert.Equal(checkpoint.Names.Order(StringComparer.Ordinal), model.state_dict().Keys.Order(StringComparer.Ordinal));
            using var noGradient = no_grad();
            foreach (var (name, weight) in model.state_dict())
            {
                weight.copy_(tensor(checkpoint.ReadSingles(name)).view(weight.shape));
            }
        }

        long[] tokens = [.. Tokenizer.Load(StoryTeller.ModelFile.Asset("tok512.bin")).Encode("Tom and Lily went to the park. They saw a cat!")];
        using var noGrad = no_grad();
        using var cache = new KeyValueCache(twin.Config);
        var expected = model.call(tensor(tokens), cache).data<float>().ToArray();

        using var twinCache = new KeyValueCacheRuntime(twin.Config);
        var actual = new float[expected.Length];
        twin.Call(Reparam.Runtime.Torch.Tensor(tokens), twinCache).Span<float>().CopyTo(actual);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 2e-4f);
        }
    }

}
