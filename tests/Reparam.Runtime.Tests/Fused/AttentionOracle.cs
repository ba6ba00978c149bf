namespace Reparam.Runtime.Tests.Fused;

/// <summary>Causal grouped-query attention in double precision, written as the formula reads.</summary>
internal static class AttentionOracle
{
    /// <param name="query">[length, heads, d].</param>
    /// <param name="keys">[total, keyHeads, d].</param>
    /// <param name="values">[total, keyHeads, e].</param>
    /// <param name="sizes">Length, total, heads, keyHeads, d and e.</param>
    /// <returns>[length, heads, e].</returns>
    public static double[] Attend(
        float[] query, float[] keys, float[] values, (int Length, int Total, int Heads, int KeyHeads, int KeyWidth, int ValueWidth) sizes)
    {
        var (length, total, heads, keyHeads, d, e) = sizes;
        var result = new double[length * heads * e];
        for (var token = 0; token < length; token++)
        {
            for (var head = 0; head < heads; head++)
            {
                var keyHead = head / (heads / keyHeads);
                var scores = new double[total - length + token + 1];
                for (var t = 0; t < scores.Length; t++)
                {
                    for (var k = 0; k < d; k++)
                    {
                        scores[t] += (double)query[(token * heads + head) * d + k] * keys[(t * keyHeads + keyHead) * d + k];
                    }

                    scores[t] /= Math.Sqrt(d);
                }

                var largest = scores.Max();
                var sum = scores.Sum(score => Math.Exp(score - largest));
                for (var t = 0; t < scores.Length; t++)
                {
                    for (var k = 0; k < e; k++)
                    {
                        result[(token * heads + head) * e + k] += Math.Exp(scores[t] - largest) / sum * values[(t * keyHeads + keyHead) * e + k];
                    }
                }
            }
        }

        return result;
    }
}
