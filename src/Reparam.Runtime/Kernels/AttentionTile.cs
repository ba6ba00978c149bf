using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// Scores and mixes of many queries of one matrix of keys, on AVX-512: four queries meet 32 keys, or 32 elements of the values, in registers. Each result is
/// one chain of sums, whatever the number of queries.
/// </summary>
internal static unsafe class AttentionTile
{
    /// <summary>Keys that are scored together: rows of scores are filled up to a multiple.</summary>
    public const int Keys = 2 * Width;

    private const int Width = 16;
    private const int Queries = 4;

    // Transposed keys, which all queries read, stay in the second cache.
    private const int MostKeyFloats = 1 << 16;

    /// <summary>Whether a matrix is done faster in this way.</summary>
    /// <param name="tokens">Queries.</param>
    /// <param name="total">Keys.</param>
    /// <param name="keyWidth">Length of a query and of a key.</param>
    /// <param name="valueWidth">Length of a value.</param>
    public static bool Suits(int tokens, int total, int keyWidth, int valueWidth) =>
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported && tokens >= Queries && total > 0 && keyWidth > 0 && valueWidth >= Keys
        && valueWidth % Width == 0 && (long)keyWidth * PaddedKeys(total) <= MostKeyFloats;

    /// <summary>Keys with those that fill the last tile.</summary>
    public static int PaddedKeys(int total) => (total + Keys - 1) / Keys * Keys;

    /// <summary>Brings keys into the order that <see cref="Score"/> reads.</summary>
    /// <param name="keys">[total, width].</param>
    /// <param name="stride">Elements from one key to the next.</param>
    /// <param name="total">Number of keys.</param>
    /// <param name="width">Length of a key.</param>
    /// <param name="transposed">Out: [width, padded keys]; what belongs to no key is not written.</param>
    public static void Transpose(float* keys, nint stride, int total, int width, float* transposed)
    {
        var offsets = stackalloc int[Keys];
        var padded = PaddedKeys(total);
        for (var first = 0; first < total; first += Keys, keys += Keys * stride)
        {
            var count = Math.Min(Keys, total - first);
            for (var i = 0; i < count; i++)
            {
                offsets[i] = (int)(i * stride);
            }

            Transposition.Run(keys, offsets, count, width, transposed + first, padded, hasSlack: false);
        }
    }

    /// <summary>scores[i, j] = scale · Σ_k queries[i, k]·transposed[k, j].</summary>
    /// <param name="queries">[count, width].</param>
    /// <param name="queryStride">Elements from one query to the next.</param>
    /// <param name="count">Number of queries.</param>
    /// <param name="width">Length of a query.</param>
    /// <param name="transposed">[width, padded keys].</param>
    /// <param name="padded">Padded keys.</param>
    /// <param name="scale">Multiplies each sum.</param>
    /// <param name="scores">Out: [count, padded keys]; what belongs to no key is of no account.</param>
    /// <param name="scoreStride">Elements from one row of scores to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score(
        float* queries, nint queryStride, int count, int width, float* transposed, int padded, float scale, float* scores, nint scoreStride)
    {
        for (var query = 0; query < count; query += Queries)
        {
            // Behind the last query it is done again.
            var last = count - 1 - query;
            float* q0 = queries + (query * queryStride), q1 = q0 + (Math.Min(1, last) * queryStride);
            float* q2 = q0 + (Math.Min(2, last) * queryStride), q3 = q0 + (Math.Min(3, last) * queryStride);
            var target = scores + (query * scoreStride);
            for (var key = 0; key < padded; key += Keys)
            {
                Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
                var place = transposed + key;
                for (nint k = 0; k < width; k++, place += padded)
                {
                    var (a, b) = (Vector512.Load(place), Vector512.Load(place + Width));
                    Step(a, b, q0[k], ref a0, ref b0);
                    Step(a, b, q1[k], ref a1, ref b1);
                    Step(a, b, q2[k], ref a2, ref b2);
                    Step(a, b, q3[k], ref a3, ref b3);
                }

                Store(a0, b0, scale, target + key);
                Store(a1, b1, scale, target + key + (Math.Min(1, last) * scoreStride));
                Store(a2, b2, scale, target + key + (Math.Min(2, last) * scoreStride));
                Store(a3, b3, scale, target + key + (Math.Min(3, last) * scoreStride));
            }
        }
    }

    /// <summary>result[i, k] = factor(i) · Σ_j weights[i, j]·values[j, k].</summary>
    /// <param name="weights">[count, total].</param>
    /// <param name="weightStride">Elements from one row of weights to the next.</param>
    /// <param name="factors">The factor of the first row; that of the next lies <paramref name="weightStride"/> behind it.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="values">[total, width].</param>
    /// <param name="valueStride">Elements from one value to the next.</param>
    /// <param name="total">Number of values.</param>
    /// <param name="width">Length of a value, a multiple of 16 and at least 32.</param>
    /// <param name="result">Out: [count, width].</param>
    /// <param name="resultStride">Elements from one row of the result to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mix(
        float* weights, nint weightStride, float* factors, int count, float* values, nint valueStride, int total, int width, float* result, nint resultStride)
    {
        for (var row = 0; row < count; row += Queries)
        {
            var last = count - 1 - row;
            nint second = Math.Min(1, last), third = Math.Min(2, last), fourth = Math.Min(3, last);
            float* w0 = weights + (row * weightStride), w1 = w0 + (second * weightStride), w2 = w0 + (third * weightStride), w3 = w0 + (fourth * weightStride);
            var factor = factors + (row * weightStride);
            for (var element = 0; element < width; element += Keys)
            {
                // The last tile reaches back over what is already there.
                element = Math.Min(element, width - Keys);
                Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
                var place = values + element;
                for (nint j = 0; j < total; j++, place += valueStride)
                {
                    var (a, b) = (Vector512.Load(place), Vector512.Load(place + Width));
                    Step(a, b, w0[j], ref a0, ref b0);
                    Step(a, b, w1[j], ref a1, ref b1);
                    Step(a, b, w2[j], ref a2, ref b2);
                    Step(a, b, w3[j], ref a3, ref b3);
                }

                var target = result + (row * resultStride) + element;
                Store(a0, b0, factor[0], target);
                Store(a1, b1, factor[second * weightStride], target + (second * resultStride));
                Store(a2, b2, factor[third * weightStride], target + (third * resultStride));
                Store(a3, b3, factor[fourth * weightStride], target + (fourth * resultStride));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(Vector512<float> a, Vector512<float> b, float x, ref Vector512<float> sumOfA, ref Vector512<float> sumOfB)
    {
        var factor = Vector512.Create(x);
        sumOfA = Vector512.FusedMultiplyAdd(factor, a, sumOfA);
        sumOfB = Vector512.FusedMultiplyAdd(factor, b, sumOfB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> a, Vector512<float> b, float factor, float* target)
    {
        (a * factor).Store(target);
        (b * factor).Store(target + Width);
    }
}
