//! new Zoo.TextCnn(vocabulary: 90, embedding: 16, classes: 4) : ints(90, 3, 12)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>A text classifier of convolutions with several widths, one for each element of an array.</summary>
public sealed class TextCnn : Module<Tensor, Tensor>
{
    private readonly Embedding embedding;
    private readonly ModuleList<Conv2d> convs;
    private readonly Dropout dropout = Dropout(0.5);
    private readonly Linear fc;

    public TextCnn(int vocabulary, int embedding, int classes, int filters = 8, int[] filterSizes = null) : base(nameof(TextCnn))
    {
        filterSizes ??= new[] { 2, 3, 4 };
        this.embedding = Embedding(vocabulary, embedding);
        convs = new ModuleList<Conv2d>(filterSizes.Select(size => Conv2d(1, filters, (size, embedding))).ToArray());
        fc = Linear(filters * filterSizes.Length, classes);
        RegisterComponents();
    }

    private static Tensor ConvAndPool(Tensor x, Conv2d conv)
    {
        x = functional.relu(conv.forward(x)).squeeze(3);
        return functional.max_pool1d(x, x.shape[2]).squeeze(2);
    }

    public override Tensor forward(Tensor x)
    {
        var output = embedding.forward(x).unsqueeze(1);
        output = cat(convs.Select(conv => ConvAndPool(output, conv)).ToList(), 1);
        output = dropout.forward(output);
        return fc.forward(output);
    }
}
