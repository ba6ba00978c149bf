namespace Reparam.Runtime.Kernels;

/// <summary>Scaled dot-product attention, softmax(q·kᵀ/√d + mask)·v.</summary>
internal static unsafe class Attention
{
    /// <summary>Runs over any number of leading dimensions, which are broadcast.</summary>
    /// <param name="query">[…, L, d].</param>
    /// <param name="key">[…, S, d].</param>
    /// <param name="value">[…, S, e].</param>
    /// <param name="mask">Broadcast to […, L, S]: true where attention is allowed, or numbers that are added. Null for none.</param>
    /// <param name="causal">Whether query i sees keys 0 … i only.</param>
    public static Tensor Run(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal)
    {
        if (query.Dtype != DType.Float32 && ElementTypes.IsFloat(query.Dtype) && key.Dtype == query.Dtype && value.Dtype == query.Dtype)
        {
            // Other types run in single precision and are rounded once.
            var added = mask is not null && mask.Dtype == query.Dtype ? mask.As(DType.Float32) : mask;
            return Run(query.As(DType.Float32), key.As(DType.Float32), value.As(DType.Float32), added, causal).As(query.Dtype);
        }

        Check(query, key, value, mask, causal);
        var (tokens, total) = ((int)query.Shape[^2], (int)key.Shape[^2]);
        Span<long> shape = stackalloc long[Extents.MaxRank];
        shape.Clear();
        var rank = Layout.Broadcast(query.Shape[..^2], key.Shape[..^2], shape);
        Span<long> batch = stackalloc long[Extents.MaxRank];
        rank = Layout.Broadcast(shape[..rank], value.Shape[..^2], batch);
        batch = batch[..rank];
        Span<long> target = stackalloc long[Tensor.CheckedRank(rank + 2)];
        batch.CopyTo(target);
        (target[^2], target[^1]) = (tokens, value.Shape[^1]);
        var result = Allocate(target);

        query = WithDenseRows(query);
        key = WithDenseRows(key);
        value = WithDenseRows(value);
        Span<long> maskStrides = stackalloc long[rank + 2];
        maskStrides.Clear();
        if (mask is not null)
        {
            Span<long> scores = stackalloc long[rank + 2];
            batch.CopyTo(scores);
            (scores[^2], scores[^1]) = (tokens, total);
            Layout.BroadcastStrides(mask.Shape, mask.Strides, scores, maskStrides);
        }

        Span<long> queryStrides = stackalloc long[rank];
        Span<long> keyStrides = stackalloc long[rank];
        Span<long> valueStrides = stackalloc long[rank];
        Layout.BroadcastStrides(query.Shape[..^2], query.Strides[..^2], batch, queryStrides);
        Layout.BroadcastStrides(key.Shape[..^2], key.Strides[..^2], batch, keyStrides);
        Layout.BroadcastStrides(value.Shape[..^2], value.Strides[..^2], batch, valueStrides);

        var job = AttentionJob.Local;
        job.Matrices.Clear();
        for (var dim = 0; dim < rank; dim++)
        {
            job.Matrices.Add(batch[dim], queryStrides[dim], keyStrides[dim], valueStrides[dim], maskStrides[dim], result.Strides[dim]);
        }

        (job.QueryToken, job.QueryHead) = ((nint)query.Strides[^2], 0);
        (job.KeyRow, job.ValueRow) = ((nint)key.Strides[^2], (nint)value.Strides[^2]);
        (job.OutputToken, job.OutputHead) = ((nint)result.Strides[^2], 0);
        (job.MaskToken, job.MaskKey) = ((nint)maskStrides[^2], (nint)maskStrides[^1]);
        (job.Tokens, job.Sharers, job.Total) = (tokens, 1, total);
        (job.KeyWidth, job.ValueWidth) = ((int)query.Shape[^1], (int)value.Shape[^1]);
        job.Visible = causal ? 1 : total;
        job.Scale = 1 / MathF.Sqrt(job.KeyWidth);
        fixed (float* q = query.Storage.Floats, k = key.Storage.Floats, v = value.Storage.Floats, y = result.Storage.Floats)
        fixed (float* added = mask is { Dtype: DType.Float32 } ? mask.Storage.Floats : null)
        fixed (bool* allowed = mask is { Dtype: DType.Bool } ? mask.Storage.Bools : null)
        {
            job.Query = q + query.Offset;
            job.Keys = k + key.Offset;
            job.Values = v + value.Offset;
            job.Output = y;
            job.AddedMask = added == null ? null : added + mask!.Offset;
            job.AllowedMask = allowed == null ? null : allowed + mask!.Offset;
            job.Run();
        }

        return result;
    }

    private static void Check(Tensor query, Tensor key, Tensor value, Tensor? mask, bool causal)
    {
        if (mask is not null && causal)
        {
            throw new ArgumentException("scaled_dot_product_attention: give a mask or is_casual, not both.");
        }

        if (query.Rank < 2 || key.Rank < 2 || value.Rank < 2)
        {
            throw new ArgumentException("scaled_dot_product_attention: query, key and value need at least two dimensions.");
        }

        if (query.Shape[^1] != key.Shape[^1] || key.Shape[^2] != value.Shape[^2])
        {
            throw new ArgumentException(
                $"scaled_dot_product_attention: query {Layout.Describe(query.Shape)}, key {Layout.Describe(key.Shape)} and value "
                    + $"{Layout.Describe(value.Shape)} do not fit.");
        }

        if (query.Dtype != DType.Float32 || key.Dtype != DType.Float32 || value.Dtype != DType.Float32 
            || mask is { Dtype: not (DType.Float32 or DType.Bool) })
        {
            throw new InvalidOperationException("scaled_dot_product_attention needs Float32 tensors and a mask of Float32 or Bool.");
        }
    }

    // Four dimensions lie in memory token by token, as libtorch has them: joining the heads afterwards is a view.
    private static Tensor Allocate(ReadOnlySpan<long> shape)
    {
        if (shape.Length != 4)
        {
            return Tensor.Allocate(DType.Float32, shape);
        }

        var (heads, tokens, width) = (Math.Max(shape[1], 1), Math.Max(shape[2], 1), Math.Max(shape[3], 1));
        return Tensor.Allocate(DType.Float32, shape, [heads * tokens * width, width, heads * width, 1]);
    }

    // The elements of one row must be neighbours; rows may lie anywhere.
    private static Tensor WithDenseRows(Tensor x) => x.Strides[^1] == 1 || x.Shape[^1] == 1 ? x : x.AsContiguous();
}
