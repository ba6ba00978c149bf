using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Kernels;

/// <summary>Causal grouped-query attention of new tokens over a cache, to which their keys and values are added.</summary>
internal static unsafe class CachedAttention
{
    /// <param name="query">[length, heads·d].</param>
    /// <param name="key">[length, keyHeads·d].</param>
    /// <param name="value">[length, keyHeads·e].</param>
    /// <param name="keyCache">[keyHeads, capacity, d]; written at <paramref name="position"/>.</param>
    /// <param name="valueCache">[keyHeads, capacity, e]; written at <paramref name="position"/>.</param>
    /// <param name="position">Number of tokens that the cache holds.</param>
    /// <returns>[length, heads·e].</returns>
    public static Tensor Run(Tensor query, Tensor key, Tensor value, Tensor keyCache, Tensor valueCache, long position)
    {
        Check(query, key, value, keyCache, valueCache, position);
        var (keyHeads, keyWidth, valueWidth) = ((int)keyCache.Shape[0], (int)keyCache.Shape[2], (int)valueCache.Shape[2]);
        var length = (int)query.Shape[0];
        var heads = keyWidth == 0 ? 0 : (int)query.Shape[1] / keyWidth;
        Store(key, keyCache, (int)position);
        Store(value, valueCache, (int)position);
        var result = Tensor.Allocate(DType.Float32, [length, heads * valueWidth]);
        query = query.Strides[1] == 1 ? query : query.AsContiguous();

        var job = AttentionJob.Local;
        job.Sharers = heads / keyHeads;
        job.Matrices.Clear();
        job.Matrices.Add(keyHeads, job.Sharers * keyWidth, keyCache.Strides[0], valueCache.Strides[0], 0, job.Sharers * valueWidth);
        (job.QueryToken, job.QueryHead) = ((nint)query.Strides[0], keyWidth);
        (job.KeyRow, job.ValueRow) = ((nint)keyCache.Strides[1], (nint)valueCache.Strides[1]);
        (job.OutputToken, job.OutputHead) = (heads * valueWidth, valueWidth);
        (job.Tokens, job.Total) = (length, (int)position + length);
        (job.KeyWidth, job.ValueWidth) = (keyWidth, valueWidth);
        job.Visible = (int)position + 1;
        job.Scale = 1 / MathF.Sqrt(keyWidth);
        job.AddedMask = null;
        job.AllowedMask = null;
        (job.MaskToken, job.MaskKey) = (0, 0);
        fixed (float* q = query.Storage.Floats, k = keyCache.Storage.Floats, v = valueCache.Storage.Floats, y = result.Storage.Floats)
        {
            job.Query = q + query.Offset;
            job.Keys = k + keyCache.Offset;
            job.Values = v + valueCache.Offset;
            job.Output = y;
            job.Run();
        }

        return result;
    }

    // [length, heads·width] to rows of [heads, capacity, width].
    private static void Store(Tensor rows, Tensor cache, int position)
    {
        rows = rows.Strides[1] == 1 ? rows : rows.AsContiguous();
        var (length, heads, width) = ((int)rows.Shape[0], (int)cache.Shape[0], (int)cache.Shape[2]);
        var (rowStride, headStride, tokenStride) = ((nint)rows.Strides[0], (nint)cache.Strides[0], (nint)cache.Strides[1]);
        fixed (float* source = rows.Storage.Floats, target = cache.Storage.Floats)
        {
            for (var token = 0; token < length; token++)
            {
                var from = source + rows.Offset + token * rowStride;
                var to = target + cache.Offset + (position + token) * tokenStride;
                for (var head = 0; head < heads; head++, from += width, to += headStride)
                {
                    Copy(from, to, width);
                }
            }
        }
    }

    private static void Copy(float* source, float* target, int count)
    {
        var i = 0;
        for (; i + Vector256<float>.Count <= count; i += Vector256<float>.Count)
        {
            Vector256.Load(source + i).Store(target + i);
        }

        for (; i < count; i++)
        {
            target[i] = source[i];
        }
    }

    private static void Check(Tensor query, Tensor key, Tensor value, Tensor keyCache, Tensor valueCache, long position)
    {
        if (query.Rank != 2 || key.Rank != 2 || value.Rank != 2 || keyCache.Rank != 3 || valueCache.Rank != 3)
        {
            throw new ArgumentException("CachedAttention: query, key and value are matrices [length, width], the caches [heads, capacity, width].");
        }

        var (keyHeads, capacity, width) = (keyCache.Shape[0], keyCache.Shape[1], keyCache.Shape[2]);
        if (keyHeads == 0 || width == 0 || valueCache.Shape[0] != keyHeads || valueCache.Shape[1] != capacity
            || key.Shape[0] != query.Shape[0] || value.Shape[0] != query.Shape[0]
            || key.Shape[1] != keyHeads * width || value.Shape[1] != keyHeads * valueCache.Shape[2] || query.Shape[1] % (keyHeads * width) != 0)
        {
            throw new ArgumentException(
                $"CachedAttention: query {Layout.Describe(query.Shape)}, key {Layout.Describe(key.Shape)} and value {Layout.Describe(value.Shape)} " +
                $"do not fit the caches {Layout.Describe(keyCache.Shape)} and {Layout.Describe(valueCache.Shape)}.");
        }

        if (keyCache.Strides[2] != 1 || (valueCache.Strides[2] != 1 && valueCache.Shape[2] > 1))
        {
            throw new ArgumentException("CachedAttention: the elements of a row of a cache must be neighbours in memory.");
        }

        if (position < 0 || position + query.Shape[0] > capacity)
        {
            throw new ArgumentOutOfRangeException(
                nameof(position), position, $"CachedAttention: {query.Shape[0]} tokens at position {position} exceed the cache of {capacity}.");
        }

        if (query.Dtype != DType.Float32 || key.Dtype != DType.Float32 || value.Dtype != DType.Float32 || keyCache.Dtype != DType.Float32
            || valueCache.Dtype != DType.Float32)
        {
            throw new InvalidOperationException("CachedAttention needs Float32 tensors.");
        }
    }
}
