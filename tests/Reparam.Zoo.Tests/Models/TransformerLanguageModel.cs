//! new Zoo.AttentiveLanguageModel(48, 12, heads: 3, depth: 2) : ints(48, 7, 2), zeros(7, 7)
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>A language model over the library's transformer encoder: a table filled by slices, and a device that the model remembers as it moves.</summary>
public class AttentiveLanguageModel : Module<Tensor, Tensor, Tensor>
{
    private TorchSharp.Modules.Embedding lexicon;
    private Wavelengths wavelengths;
    private TorchSharp.Modules.TransformerEncoder reader;
    private TorchSharp.Modules.Linear guess;
    private readonly double scale;
    private Device? home;

    public AttentiveLanguageModel(long words, long width, long heads, long depth, double drop = 0.1, int longest = 128) : base(nameof(AttentiveLanguageModel))
    {
        scale = Math.Sqrt(width);
        lexicon = Embedding(words, width);
        wavelengths = new Wavelengths(longest, (int)width, drop);
        var layer = TransformerEncoderLayer(d_model: width, nhead: heads, dim_feedforward: 3 * width, dropout: drop);
        reader = TransformerEncoder(layer, num_layers: depth);
        guess = Linear(width, words);
        init.normal_(lexicon.weight, 0, 1 / scale);
        init.zeros_(guess.bias);
        RegisterComponents();
    }

    /// <summary>What a word must not see: minus infinity above the diagonal of [length, length].</summary>
    public Tensor Future(long length)
    {
        var all = torch.full(new[] { length, length }, float.NegativeInfinity);
        return home is null ? all.triu(1) : all.triu(1).to(home);
    }

    public override Tensor forward(Tensor ids, Tensor future)
    {
        var placed = wavelengths.call(lexicon.call(ids) * scale);
        return guess.call(reader.call(placed, future));
    }

    protected override Module _to(Device device, ScalarType dtype, bool non_blocking)
    {
        home = device;
        return base._to(device, dtype, non_blocking);
    }
}

/// <summary>Adds to each place sines and cosines of it, whose wavelengths grow with the feature from 2π to 10000·2π.</summary>
internal class Wavelengths : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> drop;
    private readonly Tensor table;

    public Wavelengths(int places, int width, double drop) : base(nameof(Wavelengths))
    {
        this.drop = Dropout(drop);
        var features = torch.arange(0, width, 2, dtype: ScalarType.Float32);
        var angles = torch.outer(torch.arange(places, dtype: ScalarType.Float32), torch.pow(10000.0, features / -width));
        table = torch.empty(places, 1, width);
        table[TensorIndex.Colon, 0, TensorIndex.Slice(start: 0, step: 2)] = torch.sin(angles);
        table[TensorIndex.Colon, 0, TensorIndex.Slice(start: 1, step: 2)] = torch.cos(angles)[TensorIndex.Colon, TensorIndex.Slice(stop: width / 2)];
        RegisterComponents();
    }

    public override Tensor forward(Tensor words)
    {
        using var placed = words + table[TensorIndex.Slice(stop: words.shape[0])];
        return drop.call(placed);
    }
}
