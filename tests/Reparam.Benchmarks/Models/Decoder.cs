using Reparam.Runtime;

namespace Reparam.Benchmarks.Models;

/// <summary>
/// A decoder of the Llama architecture on the modules of the run-time, written as an emitted twin would be, with a clock that tells where its time goes. The classifier shares
/// the embedding's weights. Its components have the names of StoryTeller's model, whose files it loads.
/// </summary>
internal sealed class Decoder : Module<Tensor, DecoderCache, Tensor>
{
    private readonly Embedding embedding;
    private readonly ModuleList<DecoderBlock> blocks = new();
    private readonly RmsNorm norm;

    public Decoder(DecoderSizes sizes)
        : base(nameof(Decoder))
    {
        Sizes = sizes;
        var rotary = new Rotary(sizes.HeadWidth, sizes.Context);
        embedding = Nn.Embedding(sizes.Vocabulary, sizes.Width);
        for (var layer = 0; layer < sizes.Layers; layer++)
        {
            blocks.Add(new DecoderBlock(sizes, layer, rotary, Clock));
        }

        norm = new RmsNorm(sizes.Width, Clock);
    }

    public DecoderSizes Sizes { get; }

    /// <summary>Where the time goes.</summary>
    public RegionClock Clock { get; } = new();

    /// <summary>Reads tokens behind those of the cache.</summary>
    /// <param name="tokens">int64 [length], at least one.</param>
    /// <param name="cache">The sequence so far; it then holds the new tokens too.</param>
    /// <returns>Logits of the successor of the last token, [1, vocabulary].</returns>
    public override Tensor Forward(Tensor tokens, DecoderCache cache)
    {
        var length = (int)tokens.Shape[0];
        Clock.Enter(Region.Embedding);
        var x = embedding.Call(tokens);
        foreach (var block in blocks)
        {
            x = block.Call(x, cache);
        }

        cache.Position += length;
        x = norm.Call(x.Narrow(0, length - 1, 1));
        Clock.Enter(Region.Classifier);
        var logits = Functional.Linear(x, embedding.Weight);
        Clock.Enter(Region.Other);
        return logits;
    }

    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Module("tok_embeddings", embedding);
        visitor.Module("layers", blocks);
        visitor.Module("norm", norm);
    }
}
