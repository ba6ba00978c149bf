using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>The input vectors of a layer: what each row of its weight, seen as a matrix [rows, columns], is multiplied by.</summary>
internal sealed class LayerInputs
{
    // Elements that are unfolded or converted at a time.
    private const long Part = 1 << 22;

    private readonly ConvolutionSettings? convolution;
    private readonly long[] weight;

    private LayerInputs(long[] weight, ConvolutionSettings? convolution)
    {
        this.weight = weight;
        this.convolution = convolution;
    }

    /// <summary>Inputs of one output.</summary>
    public int Columns => checked((int)weight.Skip(1).Aggregate(1L, (product, side) => product * side));

    /// <summary>Groups of a convolution; 1 elsewhere.</summary>
    public long Groups => convolution?.Groups ?? 1;

    /// <summary>
    /// Knows a layer; null for an embedding, which is looked up and has no inputs, and for anything else than a linear layer or a convolution over one or
    /// two dimensions.
    /// </summary>
    /// <param name="module">An emitted layer or a plain one.</param>
    public static LayerInputs? Of(Module module) => module switch
    {
        ReparamLinear layer => new LayerInputs([.. layer.Shape.Weight], null),
        ReparamConv1d layer => new LayerInputs([.. layer.Shape.Weight], layer.Settings),
        ReparamConv2d layer => new LayerInputs([.. layer.Shape.Weight], layer.Settings),
        Linear layer => new LayerInputs(layer.weight!.shape, null),
        Conv1d layer => new LayerInputs(layer.weight!.shape, new ConvolutionSettings(layer, 1)),
        Conv2d layer => new LayerInputs(layer.weight!.shape, new ConvolutionSettings(layer, 2)),
        _ => null,
    };

    /// <summary>How many vectors there are.</summary>
    /// <param name="x">What the layer is called with.</param>
    public long Count(Tensor x) => convolution is null ? x.numel() / weight[1] : Samples(x) * Places(x) * Groups;

    /// <summary>Chooses a share of the places of a convolution, each with the same chance; null where all are to be looked at.</summary>
    /// <param name="x">What the layer is called with.</param>
    /// <param name="share">Above 0 to 1.</param>
    /// <param name="random">The source.</param>
    public PlaceDraw? Draw(Tensor x, double share, Random random)
    {
        if (share >= 1 || convolution is null || Samples(x) == 0)
        {
            return null;
        }

        // Rounded up or down by chance, so that no image counts for more than another.
        var (samples, places) = (Samples(x), Places(x));
        var chosen = Math.Clamp((long)((share * places) + random.NextDouble()), 1, places);
        return new PlaceDraw(samples, PlaceDraw.Draw(random, samples, places, chosen), samples * places * Groups, (double)places / chosen);
    }

    /// <summary>Chooses places of a convolution for a recording; null where all are to be looked at.</summary>
    /// <param name="x">What the layer is called with.</param>
    /// <param name="sampling">How many.</param>
    /// <param name="seen">Input vectors that the layer has seen before.</param>
    /// <param name="most">Input vectors to see of these at most, rounded up to whole images.</param>
    public PlaceDraw? Draw(Tensor x, PlaceSampling sampling, long seen, long most)
    {
        if (Places(x) is not (> 1 and var places))
        {
            return null;
        }

        var rows = places * Groups;
        var samples = Math.Min(Samples(x), ((most - 1) / rows) + 1);
        var next = Math.Min(samples * rows, most);
        var wanted = sampling.Rows(Columns, seen, next);
        var chosen = (wanted + (samples * Groups) - 1) / (samples * Groups);
        return wanted < next && chosen < places
            ? new PlaceDraw(samples, PlaceDraw.Draw(sampling.RandomAt(seen), samples, places, chosen), samples * rows, (double)places / chosen)
            : null;
    }

    /// <summary>
    /// The vectors in parts, [tokens, columns]; of a convolution one for each place of its kernel and each group. The caller disposes of them.
    /// </summary>
    /// <param name="x">What the layer is called with: [..., in], or [batch, in, ...] or [in, ...] of a convolution.</param>
    /// <param name="draw">Those images and places alone; null for all.</param>
    public IEnumerable<Tensor> Vectors(Tensor x, PlaceDraw? draw = null) => convolution is null ? Split(x.reshape(-1, weight[1])) : Unfold(x, draw);

    /// <summary>Whether an input's vectors are those that another layer has of it.</summary>
    /// <param name="other">The other layer.</param>
    public bool SeesAs(LayerInputs other) => convolution is null
        ? other.convolution is null && Columns == other.Columns
        : other.convolution is not null && weight.AsSpan(1).SequenceEqual(other.weight.AsSpan(1)) && convolution.WalksAs(other.convolution);

    private static IEnumerable<Tensor> Split(Tensor vectors)
    {
        using (vectors)
        {
            var rows = Math.Max(1, Part / vectors.shape[1]);
            for (long start = 0; start < vectors.shape[0]; start += rows)
            {
                yield return vectors.narrow(0, start, Math.Min(rows, vectors.shape[0] - start));
            }
        }
    }

    // Of a convolution's kernel in one sample; 0 for a linear layer.
    private long Places(Tensor x)
    {
        if (convolution is null || Samples(x) == 0)
        {
            return 0;
        }

        using var scope = NewDisposeScope();
        using var batch = Batch(x);
        var windows = Windows(batch.narrow(0, 0, 1)).shape;
        return windows[1] * windows[2];
    }

    private long Samples(Tensor x) => x.dim() == weight.Length ? x.shape[0] : 1;

    private Tensor Batch(Tensor x) => x.dim() == weight.Length ? x.alias() : x.unsqueeze(0);

    private IEnumerable<Tensor> Unfold(Tensor x, PlaceDraw? draw)
    {
        using var batch = Batch(x);
        var images = draw?.Samples ?? batch.shape[0];
        var kernel = weight[2..].Aggregate(1L, (product, side) => product * side);
        var elements = draw is null ? batch.numel() / Math.Max(1, images) * kernel : draw.Chosen * Columns * Groups;
        var samples = Math.Max(1, Part / Math.Max(1, elements));
        for (long start = 0; start < images; start += samples)
        {
            using var part = batch.narrow(0, start, Math.Min(samples, images - start));
            yield return draw is null ? Unfolded(part) : Chosen(part, draw.Of(start, part.shape[0]), draw.Chosen);
        }
    }

    private Tensor Unfolded(Tensor part)
    {
        using var scope = NewDisposeScope();
        return Windows(part).reshape(-1, Columns).MoveToOuterDisposeScope();
    }

    private Tensor Chosen(Tensor part, ReadOnlySpan<long> places, long chosen)
    {
        using var scope = NewDisposeScope();
        var windows = Windows(part);
        var place = tensor(places.ToArray(), device: part.device);
        var row = place.div(windows.shape[2], RoundingMode.floor);
        var sample = arange(part.shape[0], device: part.device).repeat_interleave(chosen);
        var across = place - (row * windows.shape[2]);
        return windows.index(TensorIndex.Tensor(sample), TensorIndex.Tensor(row), TensorIndex.Tensor(across)).reshape(-1, Columns).MoveToOuterDisposeScope();
    }

    // What lies under the kernel at each place, [batch, down, across, groups, in / groups, kernel...]: a view of the padded image, without a copy of it for
    // each element of the kernel. A convolution over one dimension is one over images of height 1.
    private Tensor Windows(Tensor part)
    {
        var image = convolution!.Pad(part);
        image = image.dim() == 3 ? image.unsqueeze(2) : image;
        var (above, beside) = Pair(convolution.InnerPadding, 0);
        image = above == 0 && beside == 0 ? image : functional.pad(image, [beside, beside, above, above]);
        var (kernelDown, kernelAcross) = Pair(weight[2..], 1);
        var (strideDown, strideAcross) = Pair(convolution.Stride, 1);
        var (dilationDown, dilationAcross) = Pair(convolution.Dilation, 1);
        var steps = image.stride();
        return image.as_strided(
            [
                image.shape[0],
                Places(image.shape[2], kernelDown, strideDown, dilationDown), Places(image.shape[3], kernelAcross, strideAcross, dilationAcross),
                convolution.Groups, weight[1], kernelDown, kernelAcross,
            ],
            [
                steps[0], steps[2] * strideDown, steps[3] * strideAcross, steps[1] * weight[1], steps[1], steps[2] * dilationDown, steps[3] * dilationAcross,
            ],
            image.storage_offset());
    }

    private static long Places(long side, long kernel, long stride, long dilation) => ((side - (dilation * (kernel - 1)) - 1) / stride) + 1;

    private static (long, long) Pair(long[] values, long first) => values is [var one] ? (first, one) : (values[0], values[1]);
}
