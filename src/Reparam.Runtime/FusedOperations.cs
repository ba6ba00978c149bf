using Reparam.Runtime.Kernels;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime;

/// <summary>Parts of a transformer that are one kernel here and several operations under TorchSharp.</summary>
[Counterpart("Reparam.Training.FusedOperations")]
public static class FusedOperations
{
    /// <summary>Root-mean-square normalization of the last dimension: x / √(mean(x²) + ε) ⊙ weight.</summary>
    /// <param name="x">[…, width].</param>
    /// <param name="weight">[width].</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <returns>[…, width].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("RmsNorm")]
    public static Tensor RmsNorm(Tensor x, Tensor weight, double eps = 1e-5) => RootMeanSquare.Run(x, weight, eps);

    /// <summary>Rotary positions, neighbouring features paired: features 2j and 2j + 1 of each head turn by angle j of their token.</summary>
    /// <param name="x">[…, length, heads·d].</param>
    /// <param name="cos">[positions, d / 2].</param>
    /// <param name="sin">[positions, d / 2].</param>
    /// <param name="position">Position of the first token.</param>
    /// <returns>[…, length, heads·d].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tables have too few positions.</exception>
    [Counterpart("RotateNeighbours")]
    public static Tensor RotateNeighbours(Tensor x, Tensor cos, Tensor sin, long position = 0) => Rotary.Run(x, cos, sin, position, halves: false);

    /// <summary>Rotary positions, halves paired: features j and j + d/2 of each head turn by angle j of their token.</summary>
    /// <param name="x">[…, length, heads·d].</param>
    /// <param name="cos">[positions, d / 2].</param>
    /// <param name="sin">[positions, d / 2].</param>
    /// <param name="position">Position of the first token.</param>
    /// <returns>[…, length, heads·d].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tables have too few positions.</exception>
    [Counterpart("RotateHalves")]
    public static Tensor RotateHalves(Tensor x, Tensor cos, Tensor sin, long position = 0) => Rotary.Run(x, cos, sin, position, halves: true);

    /// <summary>
    /// Causal grouped-query attention of new tokens: adds their keys and values to the cache, then mixes the values of the tokens that each may see.
    /// </summary>
    /// <param name="query">[length, heads·d]; heads is a multiple of the cache's.</param>
    /// <param name="key">[length, keyHeads·d].</param>
    /// <param name="value">[length, keyHeads·e].</param>
    /// <param name="key_cache">[keyHeads, capacity, d]; rows from <paramref name="position"/> on are written.</param>
    /// <param name="value_cache">[keyHeads, capacity, e]; rows from <paramref name="position"/> on are written.</param>
    /// <param name="position">Number of tokens that the cache holds.</param>
    /// <returns>[length, heads·e].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The cache is too short.</exception>
    [Counterpart("CachedAttention")]
    public static Tensor CachedAttention(Tensor query, Tensor key, Tensor value, Tensor key_cache, Tensor value_cache, long position) =>
        Kernels.CachedAttention.Run(query, key, value, key_cache, value_cache, position);

    /// <summary>silu(gate) ⊙ up.</summary>
    /// <param name="gate">[…].</param>
    /// <param name="up">[…].</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    [Counterpart("SwiGlu")]
    public static Tensor SwiGlu(Tensor gate, Tensor up) => GatedLinear.Run(gate, up);

    /// <summary>silu(gate(x)) ⊙ up(x).</summary>
    /// <param name="x">[…, in].</param>
    /// <param name="gate">A layer.</param>
    /// <param name="up">A layer with outputs of the same shape.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("SwiGlu")]
    public static Tensor SwiGlu(Tensor x, Module<Tensor, Tensor> gate, Module<Tensor, Tensor> up) => (gate, up) switch
    {
        (Linear first, Linear second) => LinearKernel.RunGated(x, first, second, Activation.SiLU),
        (Linear first, _) => LinearKernel.Run(x, first.Weight, first.Bias, Activation.SiLU, gate: up.Call(x)),
        _ => GatedLinear.Run(gate.Call(x), up.Call(x)),
    };

    /// <summary>The outputs of three layers of the same input, as query, key and value are.</summary>
    /// <param name="x">[…, in].</param>
    /// <param name="first">A layer.</param>
    /// <param name="second">Another one.</param>
    /// <param name="third">And another one.</param>
    /// <returns>[…, out] of each.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("CallAll")]
    public static (Tensor First, Tensor Second, Tensor Third) CallAll(
        Tensor x, Module<Tensor, Tensor> first, Module<Tensor, Tensor> second, Module<Tensor, Tensor> third) => (first, second, third) is (Linear one, Linear two, Linear three)
            ? LinearKernel.RunAll(x, one, two, three)
            : (first.Call(x), second.Call(x), third.Call(x));

    /// <summary>residual + layer(x).</summary>
    /// <param name="residual">Of the shape of the layer's output.</param>
    /// <param name="layer">A layer.</param>
    /// <param name="x">Its input.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("AddTo")]
    public static Tensor AddTo(Tensor residual, Module<Tensor, Tensor> layer, Tensor x) => layer is Linear linear
        ? LinearKernel.Run(x, linear.Weight, linear.Bias, residual: residual)
        : residual + layer.Call(x);
}
