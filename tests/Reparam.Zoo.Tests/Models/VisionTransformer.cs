//! new Zoo.PatchClassifier(classes: 7) : randn(2, 3, 22, 22)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zoo.PatchParts;

namespace Zoo;

/// <summary>
/// A vision transformer: parts nested in it or in a plain static class that is imported, optional parameters, tuples, ranges, a Dispose of
/// its own. Some of its layers look along rows and columns with relative places, as the paper's appendix tries.
/// </summary>
internal class PatchClassifier : Module<Tensor, Tensor>
{
    public readonly int side;
    private readonly PatchStem stem;
    private readonly Parameter summary;
    private readonly Parameter? places;
    private readonly ModuleList<Layer> layers;
    private readonly LayerNorm norm;
    private readonly Sequential head;

    public PatchClassifier(
        int classes, int side = 24, int patch = 6, int width = 24, int depth = 3, int heads = 3, float widening = 2.5f, bool hasPlaces = true,
        int[]? axial = null) : base(nameof(PatchClassifier))
    {
        this.side = side;
        axial ??= [1];
        (int, int) grid = (side / patch, side / patch);
        stem = new PatchStem(width, patch);
        summary = Parameter(zeros(1, 1, width));
        if (hasPlaces)
        {
            places = Parameter(randn(1, 1 + grid.Item1 * grid.Item2, width) * 0.02);
        }

        layers = new ModuleList<Layer>();
        foreach (int i in Enumerable.Range(0, depth))
        {
            layers.append(new Layer(width, heads, widening, axial.Contains(i) ? grid : null));
        }

        norm = LayerNorm(width, eps: 1e-6);
        head = Sequential(Linear(width, 2 * width), Tanh(), Linear(2 * width, classes));
        RegisterComponents();
    }

    public override Tensor forward(Tensor pictures)
    {
        using var scope = NewDisposeScope();
        (Tensor padded, _) = Padded(pictures, side);
        Tensor patches = stem.forward(padded).flatten(2).transpose(1, 2);
        Tensor tokens = cat(new[] { summary.expand(patches.shape[0], -1, -1), patches }, dim: 1);
        if (places is not null)
        {
            tokens = tokens + places;
        }

        foreach (Layer layer in layers)
        {
            tokens = layer.forward(tokens);
        }

        return head.forward(norm.forward(tokens)[.., 0]).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (Layer layer in layers)
            {
                layer.Dispose();
            }

            stem.Dispose();
            summary.Dispose();
            places?.Dispose();
            head?.Dispose();
        }

        base.Dispose(disposing);
    }

    // Adds zeros right and below until the picture is a square of that side.
    private static (Tensor picture, (long rows, long columns) added) Padded(Tensor picture, long side)
    {
        (long rows, long columns) = (side - picture.shape[^2], side - picture.shape[^1]);
        if (rows == 0 && columns == 0)
        {
            return (picture, (0, 0));
        }

        return (functional.pad(picture, new[] { 0, columns, 0, rows }), (rows, columns));
    }

    /// <summary>The hybrid's stem: a convolution that keeps the size, its norm, and the patches.</summary>
    private class PatchStem : Module<Tensor, Tensor>
    {
        private readonly Conv2d edges;
        private readonly ChannelNorm norm;
        private readonly Conv2d cut;

        internal PatchStem(int width, int patch, int colours = 3) : base(nameof(PatchStem))
        {
            edges = Conv2d(colours, 6, kernel_size: (3L, 3L), padding: (1L, 1L), bias: false);
            norm = new ChannelNorm(6);
            cut = Conv2d(6, width, kernel_size: (patch, patch), stride: (patch, patch));
            RegisterComponents();
        }

        public override Tensor forward(Tensor pictures) => cut.forward(functional.relu(norm.forward(edges.forward(pictures))));
    }

    private class Layer : Module<Tensor, Tensor>
    {
        private readonly (int rows, int columns)? grid;
        private readonly LayerNorm lookNorm;
        private readonly LayerNorm? columnNorm;
        private readonly LayerNorm thinkNorm;
        private readonly Look look;
        private readonly Look? column;
        private readonly Think think;

        public Layer(int width, int heads, float widening, (int, int)? grid = null) : base(nameof(Layer))
        {
            this.grid = grid;
            lookNorm = LayerNorm(width, eps: 1e-6);
            look = new Look(width, heads, grid?.Item2);
            if (grid is (int rows, _))
            {
                columnNorm = LayerNorm(width, eps: 1e-6);
                column = new Look(width, heads, rows);
            }

            thinkNorm = LayerNorm(width, eps: 1e-6);
            think = new Think(width, (int)MathF.Round(width * widening));
            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens)
        {
            using var scope = NewDisposeScope();
            if (grid is null)
            {
                tokens = tokens + look.forward(lookNorm.forward(tokens));
            }
            else
            {
                tokens = Axial(tokens, grid.Value);
            }

            tokens = tokens + think.forward(thinkNorm.forward(tokens));
            return tokens.MoveToOuterDisposeScope();
        }

        // Along the rows, then along the columns; the summary waits.
        private Tensor Axial(Tensor tokens, (int rows, int columns) size)
        {
            (int rows, int columns) = size;
            long batch = tokens.shape[0];
            Tensor waiting = tokens[.., ..1, ..];
            Tensor lines = tokens[.., 1.., ..].reshape(batch * rows, columns, -1);
            lines = lines + look.forward(lookNorm.forward(lines));
            lines = lines.view(batch, rows, columns, -1).permute(new long[] { 0, 2, 1, 3 }).reshape(batch * columns, rows, -1);
            lines = lines + column!.forward(columnNorm!.forward(lines));
            Tensor back = lines.view(batch, columns, rows, -1).permute(0, 2, 1, 3).contiguous().view(batch, rows * columns, -1);
            return cat(new[] { waiting, back }, dim: 1);
        }
    }

    private class Look : Module<Tensor, Tensor>
    {
        private readonly Linear fused;
        private readonly Linear joined;
        private readonly Parameter? offsets;
        private readonly int heads;
        private readonly float temperature;

        internal Look(int width, int heads, int? span = null, bool hasBias = true) : base(nameof(Look))
        {
            if (width % heads != 0)
            {
                throw new ArgumentException($"{heads} heads do not share {width} features", nameof(heads));
            }

            this.heads = heads;
            temperature = 1 / MathF.Sqrt(width / heads);
            fused = Linear(width, 3 * width, hasBias: hasBias);
            joined = Linear(width, width);
            if (span is int length)
            {
                offsets = Parameter(randn(2 * length - 1, width / heads) * 0.1);
            }

            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens)
        {
            using var scope = NewDisposeScope();
            (long batch, long length) = (tokens.shape[0], tokens.shape[1]);
            Tensor[] parts = fused.forward(tokens).view(batch, length, 3, heads, -1).permute(2, 0, 3, 1, 4).unbind(0);
            Tensor query = parts[0] * temperature;
            Tensor scores = query.matmul(parts[1].transpose(-2, -1));
            if (offsets is not null)
            {
                scores = scores + einsum("bhqd,qkd->bhqk", query, Between(length, offsets));
            }

            Tensor mixed = scores.softmax(dim: -1).matmul(parts[2]);
            return joined.forward(mixed.permute(0, 2, 1, 3).reshape(batch, length, -1)).MoveToOuterDisposeScope();
        }

        // The row of each pair's offset: [length, length, features].
        private static Tensor Between(long length, Tensor table)
        {
            Tensor index = arange(length);
            Tensor distance = index[.., TensorIndex.None] - index[TensorIndex.None, ..] + (length - 1);
            return table[distance.@long()];
        }
    }
}

internal static class PatchParts
{
    internal class Think : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> bend;
        private readonly Linear wide;
        private readonly Linear back;

        internal Think(int width, int hidden, Module<Tensor, Tensor>? bend = null) : base(nameof(Think))
        {
            this.bend = bend ?? GELU();
            wide = Linear(width, hidden);
            back = Linear(hidden, width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor tokens)
        {
            Tensor thought = bend.forward(wide.forward(tokens));
            return back.forward(thought);
        }
    }

    internal class ChannelNorm : Module<Tensor, Tensor>
    {
        private readonly float epsilon;
        private readonly Parameter gain;
        private readonly Parameter shift;

        internal ChannelNorm(int channels, float epsilon = 1e-5f) : base(nameof(ChannelNorm))
        {
            this.epsilon = epsilon;
            gain = Parameter(ones(channels));
            shift = Parameter(zeros(channels));
            RegisterComponents();
        }

        public override Tensor forward(Tensor picture)
        {
            Tensor centred = picture - picture.mean(new long[] { 1 }, keepdim: true);
            Tensor deviation = (centred.square().mean(new long[] { 1 }, keepdim: true) + epsilon).sqrt();
            return centred / deviation * gain[.., TensorIndex.None, TensorIndex.None] + shift[.., TensorIndex.None, TensorIndex.None];
        }
    }
}
