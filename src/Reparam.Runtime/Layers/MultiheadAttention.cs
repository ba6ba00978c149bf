namespace Reparam.Runtime;

/// <summary>Attention of several heads, with its projections.</summary>
[Counterpart("TorchSharp.Modules.MultiheadAttention")]
public sealed class MultiheadAttention : Module<Tensor, Tensor, Tensor, Tensor?, bool, Tensor?, Tuple<Tensor, Tensor>>
{
    private readonly long width;
    private readonly long heads;
    private readonly bool addZero;
    private readonly Parameter? projection;
    private readonly Parameter? queryProjection;
    private readonly Parameter? keyProjection;
    private readonly Parameter? valueProjection;
    private readonly Parameter? projectionBias;
    private readonly Parameter? keyBias;
    private readonly Parameter? valueBias;
    private readonly Linear output;

    internal MultiheadAttention(long embedded_dim, long num_heads, bool bias, bool add_bias_kv, bool add_zero_attn, long? kdim, long? vdim)
        : base(nameof(MultiheadAttention))
    {
        if (num_heads < 1 || embedded_dim % num_heads != 0)
        {
            throw new ArgumentException($"MultiheadAttention: a width of {embedded_dim} cannot be divided into {num_heads} head(s).");
        }

        (width, heads, addZero) = (embedded_dim, num_heads, add_zero_attn);
        if ((kdim ?? width) == width && (vdim ?? width) == width)
        {
            projection = new Parameter(3 * width, width) { MayBePacked = true };
        }
        else
        {
            queryProjection = new Parameter(width, width) { MayBePacked = true };
            keyProjection = new Parameter(width, kdim ?? width) { MayBePacked = true };
            valueProjection = new Parameter(width, vdim ?? width) { MayBePacked = true };
        }

        projectionBias = bias ? new Parameter(3 * width) : null;
        keyBias = add_bias_kv ? new Parameter(1, 1, width) : null;
        valueBias = add_bias_kv ? new Parameter(1, 1, width) : null;
        output = new Linear(width, width, bias);
    }

    /// <summary>Attends.</summary>
    /// <param name="query">[L, N, width].</param>
    /// <param name="key">[S, N, key width].</param>
    /// <param name="value">[S, N, value width].</param>
    /// <param name="key_padding_mask">[N, S]: true where a key is not looked at; or null.</param>
    /// <param name="need_weights">Whether the weights are given too.</param>
    /// <param name="attn_mask">
    /// [L, S] or [N · heads, L, S]: numbers that are added to the scores, or null. As in TorchSharp, truth values are numbers here: true adds 1.
    /// </param>
    /// <returns>[L, N, width], and the mean over the heads of the weights, [N, L, S], or null.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("forward")]
    public override Tuple<Tensor, Tensor> Forward(
        Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask = null, bool need_weights = true, Tensor? attn_mask = null)
    {
        if (query.Rank != 3 || key.Rank != 3 || value.Rank != 3 || query.Shape[2] != width || key.Shape[1] != query.Shape[1]
            || value.Shape[1] != query.Shape[1] || key.Shape[0] != value.Shape[0])
        {
            throw new ArgumentException(
                $"MultiheadAttention: queries [L, N, {width}], keys and values [S, N, width] are expected, but there are {Layout.Describe(query.Shape)}, "
                    + $"{Layout.Describe(key.Shape)} and {Layout.Describe(value.Shape)}.");
        }

        var (tokens, batch, total) = (query.Shape[0], query.Shape[1], key.Shape[0]);
        var (q, k, v) = Project(query, key, value);
        var mask = Mask(key_padding_mask, attn_mask, batch, tokens, total);
        if (keyBias is not null)
        {
            k = Torch.Cat([k, keyBias.Expand(1, batch, width)], 0);
            v = Torch.Cat([v, valueBias!.Expand(1, batch, width)], 0);
        }

        (q, k, v) = (Heads(q), Heads(k), Heads(v));
        if (addZero)
        {
            var nothing = Torch.Zeros([batch, heads, 1, width / heads]);
            (k, v) = (Torch.Cat([k, nothing], 2), Torch.Cat([v, nothing], 2));
        }

        if (mask is not null && k.Shape[2] > total)
        {
            mask = Functional.Pad(mask, [0, k.Shape[2] - total]);
        }

        Tensor? weights = null;
        Tensor mixed;
        if (need_weights)
        {
            var scores = q.Mul(1 / Math.Sqrt(width / (double)heads)).Matmul(k.Transpose(-1, -2));
            weights = (mask is null ? scores : scores.Add(mask)).Softmax(-1);
            mixed = weights.Matmul(v);
            weights = weights.Mean([1]);
        }
        else
        {
            mixed = Functional.ScaledDotProductAttention(q, k, v, mask);
            if (mask is not null)
            {
                // A query that may look at nothing has no weights, as in TorchSharp's layer; its attention function alone gives zeros.
                mixed = mixed.MaskedFill(mask.Amax([-1], keepdim: true).Eq(float.NegativeInfinity), float.NaN);
            }
        }

        return new Tuple<Tensor, Tensor>(output.Forward(mixed.Permute(2, 0, 1, 3).Reshape(tokens, batch, width)), weights!);
    }

    /// <summary>The same as <see cref="Forward"/>; there are no hooks.</summary>
    [Counterpart("call")]
    public new Tuple<Tensor, Tensor> Call(
        Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask = null, bool need_weights = true, Tensor? attn_mask = null) =>
        Forward(query, key, value, key_padding_mask, need_weights, attn_mask);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        visitor.Parameter("in_proj_weight", projection);
        visitor.Parameter("q_proj_weight", queryProjection);
        visitor.Parameter("k_proj_weight", keyProjection);
        visitor.Parameter("v_proj_weight", valueProjection);
        visitor.Parameter("in_proj_bias", projectionBias);
        visitor.Parameter("bias_k", keyBias);
        visitor.Parameter("bias_v", valueBias);
        visitor.Module("out_proj", output);
    }

    private (Tensor Query, Tensor Key, Tensor Value) Project(Tensor query, Tensor key, Tensor value)
    {
        if (projection is null)
        {
            return (
                Functional.Linear(query, queryProjection!, Part(projectionBias, 0)), Functional.Linear(key, keyProjection!, Part(projectionBias, 1)),
                Functional.Linear(value, valueProjection!, Part(projectionBias, 2)));
        }

        // One product where all look at the same, and where the rows of a packed weight cannot be taken apart.
        if (ReferenceEquals(query, key) && ReferenceEquals(key, value))
        {
            var all = Functional.Linear(query, projection, projectionBias);
            return (all.Narrow(-1, 0, width), all.Narrow(-1, width, width), all.Narrow(-1, 2 * width, width));
        }

        if (projection.IsPacked)
        {
            return (
                Functional.Linear(query, projection, projectionBias).Narrow(-1, 0, width),
                Functional.Linear(key, projection, projectionBias).Narrow(-1, width, width),
                Functional.Linear(value, projection, projectionBias).Narrow(-1, 2 * width, width));
        }

        return (
            Functional.Linear(query, Part(projection, 0)!, Part(projectionBias, 0)), Functional.Linear(key, Part(projection, 1)!, Part(projectionBias, 1)),
            Functional.Linear(value, Part(projection, 2)!, Part(projectionBias, 2)));
    }

    private Tensor? Part(Tensor? weight, int part) => weight?.Narrow(0, part * width, width);

    // [S, N, width] → [N, heads, S, width of a head].
    private Tensor Heads(Tensor x) => x.Contiguous().View(x.Shape[0], x.Shape[1], heads, width / heads).Permute(1, 2, 0, 3);

    // Numbers that are added to the scores [N, heads, L, S].
    private Tensor? Mask(Tensor? padding, Tensor? attention, long batch, long tokens, long total)
    {
        Tensor? mask = null;
        if (attention is not null)
        {
            mask = attention.ToType(DType.Float32);
            mask = attention.Rank == 3 ? mask.Reshape(batch, heads, tokens, total) : mask.Expand(batch, 1, tokens, total);
        }

        if (padding is not null)
        {
            if (padding.Dtype != DType.Bool)
            {
                throw new ArgumentException($"MultiheadAttention: the padding mask must be truth values, but is {padding.Dtype}.");
            }

            var keys = Torch.Where(padding, Torch.Full(padding.Shape, float.NegativeInfinity), Torch.Zeros(padding.Shape)).Reshape(batch, 1, 1, total);
            mask = mask is null ? keys.Expand(batch, 1, tokens, total) : mask.Add(keys);
        }

        return mask;
    }
}
