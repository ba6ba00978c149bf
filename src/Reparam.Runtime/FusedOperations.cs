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
    [Idiom("x * rsqrt(x.square().mean([-1], keepdim: true) + eps) * weight")]
    [Idiom("x * rsqrt(x.pow(2).mean([-1], keepdim: true) + eps) * weight")]
    [Idiom("weight * (x * rsqrt(x.square().mean([-1], keepdim: true) + eps))")]
    [Idiom("weight * (x * rsqrt(x.pow(2).mean([-1], keepdim: true) + eps))")]
    public static Tensor RmsNorm(Tensor x, Tensor weight, double eps = 1e-5) => RootMeanSquare.Fits(x, weight)
        ? RootMeanSquare.Run(x, weight, eps)
        : x * (x.Square().Mean([-1], keepdim: true) + eps).Rsqrt() * weight;

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

    /// <summary>As <see cref="RotateNeighbours"/>, for tokens in the first dimension of a tensor of any rank.</summary>
    /// <param name="x">[length, …]: all that belongs to a token is one head after the other.</param>
    /// <param name="cos">[positions, d / 2].</param>
    /// <param name="sin">[positions, d / 2].</param>
    /// <param name="position">Position of the first token.</param>
    /// <returns>[length, …], as x.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tables have too few positions.</exception>
    [Idiom("""
        var pairs = x.view(x.shape[0], -1, cos.shape[1], 2);
        var (even, odd) = (pairs.select(-1, 0), pairs.select(-1, 1));
        var c = cos.narrow(0, position, x.shape[0]).unsqueeze(1);
        var s = sin.narrow(0, position, x.shape[0]).unsqueeze(1);
        return stack([even * c - odd * s, even * s + odd * c], -1).view(x.shape);
        """)]
    public static Tensor RotateTokenNeighbours(Tensor x, Tensor cos, Tensor sin, long position = 0) =>
        x.Rank == 2 ? RotateNeighbours(x, cos, sin, position) : RotateNeighbours(x.TokenRows(), cos, sin, position).View(x.Shape);

    /// <summary>As <see cref="RotateHalves"/>, for tokens in the first dimension of a tensor of any rank.</summary>
    /// <param name="x">[length, …]: all that belongs to a token is one head after the other.</param>
    /// <param name="cos">[positions, d / 2].</param>
    /// <param name="sin">[positions, d / 2].</param>
    /// <param name="position">Position of the first token.</param>
    /// <returns>[length, …], as x.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tables have too few positions.</exception>
    [Idiom("""
        var halves = x.view(x.shape[0], -1, 2, cos.shape[1]);
        var (first, second) = (halves.select(-2, 0), halves.select(-2, 1));
        var c = cos.narrow(0, position, x.shape[0]).unsqueeze(1);
        var s = sin.narrow(0, position, x.shape[0]).unsqueeze(1);
        return cat([first * c - second * s, first * s + second * c], -1).view(x.shape);
        """)]
    public static Tensor RotateTokenHalves(Tensor x, Tensor cos, Tensor sin, long position = 0) =>
        x.Rank == 2 ? RotateHalves(x, cos, sin, position) : RotateHalves(x.TokenRows(), cos, sin, position).View(x.Shape);

    /// <summary>
    /// Causal grouped-query attention of new tokens: adds their keys and values to the cache, then mixes the values of the tokens that each may see.
    /// </summary>
    /// <param name="query">[length, heads·d], or [length, …] with as many values; heads is a multiple of the cache's.</param>
    /// <param name="key">[length, keyHeads·d], or [length, …].</param>
    /// <param name="value">[length, keyHeads·e], or [length, …].</param>
    /// <param name="key_cache">[keyHeads, capacity, d]; rows from <paramref name="position"/> on are written.</param>
    /// <param name="value_cache">[keyHeads, capacity, e]; rows from <paramref name="position"/> on are written.</param>
    /// <param name="position">Number of tokens that the cache holds.</param>
    /// <returns>[length, heads·e].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The cache is too short.</exception>
    [Counterpart("CachedAttention")]
    [Idiom("""
        var (length, total) = (query.shape[0], position + query.shape[0]);
        var (heads, width) = (key_cache.shape[0], key_cache.shape[2]);
        key_cache.narrow(1, position, length).copy_(key.view(length, heads, width).transpose(0, 1));
        value_cache.narrow(1, position, length).copy_(value.view(length, heads, -1).transpose(0, 1));
        var rows = query.view(length, heads, -1, width).permute(1, 2, 0, 3).reshape(heads, -1, width);
        var scores = matmul(rows, key_cache.narrow(1, 0, total).transpose(1, 2)) / Math.Sqrt(width);
        var mask = full(length, total, float.NegativeInfinity).triu(position + 1);
        var weights = softmax(scores.view(heads, -1, length, total) + mask, -1).view(heads, -1, total);
        var mixed = matmul(weights, value_cache.narrow(1, 0, total));
        return mixed.view(heads, -1, length, mixed.shape[2]).permute(2, 0, 1, 3).reshape(length, -1);
        """)]
    public static Tensor CachedAttention(Tensor query, Tensor key, Tensor value, Tensor key_cache, Tensor value_cache, long position) =>
        Kernels.CachedAttention.Run(query.TokenRows(), key.TokenRows(), value.TokenRows(), key_cache, value_cache, position);

    /// <summary>silu(gate) ⊙ up.</summary>
    /// <param name="gate">[…].</param>
    /// <param name="up">A tensor that is broadcast with <paramref name="gate"/>.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("SwiGlu")]
    [Idiom("silu(gate) * up")]
    public static Tensor SwiGlu(Tensor gate, Tensor up) =>
        gate.Dtype == DType.Float32 && up.Dtype == DType.Float32 && gate.Shape.SequenceEqual(up.Shape) ? GatedLinear.Run(gate, up) : gate.Silu() * up;

    /// <summary>silu(gate(x)) ⊙ up(x).</summary>
    /// <param name="x">[…, in].</param>
    /// <param name="gate">A layer.</param>
    /// <param name="up">A layer with outputs of the same shape.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("SwiGlu")]
    [Idiom("silu(gate.call(x)) * up.call(x)")]
    public static Tensor SwiGlu(Tensor x, Module<Tensor, Tensor> gate, Module<Tensor, Tensor> up) =>
        gate is Linear first && up is Linear second && first.OutFeatures == second.OutFeatures && x.Dtype == DType.Float32
            ? LinearKernel.RunGated(x, first, second, Activation.SiLU)
            : SwiGlu(gate.Call(x), up.Call(x));

    /// <summary>relu(layer(x)).</summary>
    /// <param name="layer">A layer.</param>
    /// <param name="x">Its input.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Idiom("relu(layer.call(x))")]
    public static Tensor CallRelu(Module<Tensor, Tensor> layer, Tensor x) => Activated(layer, x, Activation.ReLU) ?? layer.Call(x).Relu();

    /// <summary>silu(layer(x)).</summary>
    /// <param name="layer">A layer.</param>
    /// <param name="x">Its input.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Idiom("silu(layer.call(x))")]
    public static Tensor CallSilu(Module<Tensor, Tensor> layer, Tensor x) => Activated(layer, x, Activation.SiLU) ?? layer.Call(x).Silu();

    /// <summary>gelu(layer(x)), with the error function.</summary>
    /// <param name="layer">A layer.</param>
    /// <param name="x">Its input.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Idiom("gelu(layer.call(x))")]
    public static Tensor CallGelu(Module<Tensor, Tensor> layer, Tensor x) => Activated(layer, x, Activation.GELU) ?? layer.Call(x).Gelu();

    /// <summary>relu(second(first(x))): one pass where a batch norm follows a convolution.</summary>
    /// <param name="first">A layer.</param>
    /// <param name="second">The layer that takes its output.</param>
    /// <param name="x">The input of the first.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Idiom("relu(second.call(first.call(x)))")]
    public static Tensor CallRelu(Module<Tensor, Tensor> first, Module<Tensor, Tensor> second, Tensor x) =>
        Convolved(first, second, x, null, Activation.ReLU) ?? CallRelu(second, first.Call(x));

    /// <summary>silu(second(first(x))): one pass where a batch norm follows a convolution.</summary>
    /// <param name="first">A layer.</param>
    /// <param name="second">The layer that takes its output.</param>
    /// <param name="x">The input of the first.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Idiom("silu(second.call(first.call(x)))")]
    public static Tensor CallSilu(Module<Tensor, Tensor> first, Module<Tensor, Tensor> second, Tensor x) =>
        Convolved(first, second, x, null, Activation.SiLU) ?? CallSilu(second, first.Call(x));

    /// <summary>relu(second(first(x)) + residual), the end of a residual block: one pass where a batch norm follows a convolution.</summary>
    /// <param name="first">A layer.</param>
    /// <param name="second">The layer that takes its output.</param>
    /// <param name="x">The input of the first.</param>
    /// <param name="residual">What the output is broadcast with and added to.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Idiom("relu(second.call(first.call(x)) + residual)")]
    [Idiom("relu(residual + second.call(first.call(x)))")]
    public static Tensor CallAddRelu(Module<Tensor, Tensor> first, Module<Tensor, Tensor> second, Tensor x, Tensor residual) =>
        Convolved(first, second, x, residual, Activation.ReLU) ?? (second.Call(first.Call(x)) + residual).Relu();

    /// <summary>norm(layer(x)): one pass where the layer is a convolution.</summary>
    /// <param name="layer">A layer.</param>
    /// <param name="norm">The batch norm that takes its output.</param>
    /// <param name="x">Its input.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Idiom("norm.call(layer.call(x))")]
    public static Tensor CallNorm(Module<Tensor, Tensor> layer, BatchNorm norm, Tensor x) =>
        Convolved(layer, norm, x, null, Activation.None) ?? norm.Call(layer.Call(x));

    /// <summary>The outputs of two layers of the same input, as key and value are.</summary>
    /// <param name="x">[…, in].</param>
    /// <param name="first">A layer.</param>
    /// <param name="second">Another one.</param>
    /// <returns>[…, out] of each.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static (Tensor First, Tensor Second) CallAll(Tensor x, Module<Tensor, Tensor> first, Module<Tensor, Tensor> second) =>
        (first, second) is (Linear one, Linear two) ? LinearKernel.RunAll(x, one, two) : (first.Call(x), second.Call(x));

    /// <summary>The outputs of three layers of the same input, as query, key and value are.</summary>
    /// <param name="x">[…, in].</param>
    /// <param name="first">A layer.</param>
    /// <param name="second">Another one.</param>
    /// <param name="third">And another one.</param>
    /// <returns>[…, out] of each.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("CallAll")]
    public static (Tensor First, Tensor Second, Tensor Third) CallAll(
        Tensor x, Module<Tensor, Tensor> first, Module<Tensor, Tensor> second, Module<Tensor, Tensor> third) =>
        (first, second, third) is (Linear one, Linear two, Linear three)
            ? LinearKernel.RunAll(x, one, two, three)
            : (first.Call(x), second.Call(x), third.Call(x));

    /// <summary>residual + layer(x).</summary>
    /// <param name="residual">What the output is broadcast with and added to; null for the layer's output alone.</param>
    /// <param name="layer">A layer.</param>
    /// <param name="x">Its input.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("AddTo")]
    [Idiom("residual + layer.call(x)")]
    [Idiom("layer.call(x) + residual")]
    public static Tensor AddTo(Tensor? residual, Module<Tensor, Tensor> layer, Tensor x)
    {
        if (residual is null)
        {
            return layer.Call(x);
        }

        if (layer is Convolution convolution)
        {
            return convolution.TryForward(x, null, residual, Activation.None) ?? residual + layer.Call(x);
        }

        return layer is Linear linear && x.Dtype == DType.Float32 && residual.Dtype == DType.Float32 && HasOutputShape(residual, linear, x)
            ? LinearKernel.Run(x, linear.Weight, linear.Bias, residual: residual)
            : residual + layer.Call(x);
    }

    // [length, …] as a matrix [length, all else]; what is none stays as it is and is refused by whoever needs one.
    private static Tensor TokenRows(this Tensor x) =>
        x.Rank is 0 or 2 || x.Shape[0] == 0 ? x : x.Reshape(x.Shape[0], x.Numel() / x.Shape[0]);

    private static Tensor? Activated(Module<Tensor, Tensor> layer, Tensor x, Activation activation) => layer switch
    {
        Linear linear when x.Dtype == DType.Float32 => LinearKernel.Run(x, linear.Weight, linear.Bias, activation),
        Convolution convolution => convolution.TryForward(x, null, null, activation),
        _ => null,
    };

    // act(norm(layer(x)) + residual) in one pass; null where it is not a convolution and its norm.
    private static Tensor? Convolved(Module<Tensor, Tensor> layer, Module<Tensor, Tensor> norm, Tensor x, Tensor? residual, Activation activation) =>
        layer is Convolution convolution && norm is BatchNorm batchNorm ? convolution.TryForward(x, batchNorm, residual, activation) : null;

    private static bool HasOutputShape(Tensor residual, Linear layer, Tensor x)
    {
        var wanted = residual.Shape;
        var shape = x.Shape;
        if (wanted.Length != shape.Length || shape.Length == 0 || wanted[^1] != layer.OutFeatures)
        {
            return false;
        }

        // A loop: shapes are too short for a call of SequenceEqual to be worth it.
        for (var i = 0; i < shape.Length - 1; i++)
        {
            if (wanted[i] != shape[i])
            {
                return false;
            }
        }

        return true;
    }
}
