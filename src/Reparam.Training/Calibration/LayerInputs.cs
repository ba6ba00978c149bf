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

    /// <summary>
    /// The vectors in parts, [tokens, columns]; of a convolution one for each place of its kernel and each group. The caller disposes of them.
    /// </summary>
    /// <param name="x">What the layer is called with: [..., in], or [batch, in, ...] or [in, ...] of a convolution.</param>
    public IEnumerable<Tensor> Vectors(Tensor x) => convolution is null ? Split(x.reshape(-1, weight[1])) : Unfold(x);

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

    private IEnumerable<Tensor> Unfold(Tensor x)
    {
        using var batch = x.dim() == weight.Length ? x.alias() : x.unsqueeze(0);
        var kernel = weight[2..].Aggregate(1L, (product, side) => product * side);
        var samples = Math.Max(1, Part / Math.Max(1, batch.numel() / Math.Max(1, batch.shape[0]) * kernel));
        for (long start = 0; start < batch.shape[0]; start += samples)
        {
            using var part = batch.narrow(0, start, Math.Min(samples, batch.shape[0] - start));
            yield return Unfolded(part);
        }
    }

    // A convolution over one dimension is one over images of height 1.
    private Tensor Unfolded(Tensor part)
    {
        using var scope = NewDisposeScope();
        var image = convolution!.Pad(part);
        image = image.dim() == 3 ? image.unsqueeze(2) : image;
        var places = functional.unfold(
            image, Pair(weight[2..], 1), Pair(convolution.Dilation, 1), Pair(convolution.InnerPadding, 0), Pair(convolution.Stride, 1));

        // [batch, groups · columns, places] → [batch · places · groups, columns]
        return places.view(places.shape[0], convolution.Groups, Columns, -1).permute(0, 3, 1, 2).reshape(-1, Columns).MoveToOuterDisposeScope();
    }

    private static (long, long) Pair(long[] values, long first) => values is [var one] ? (first, one) : (values[0], values[1]);
}
