using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.LoRA;

/// <summary>
/// The shapes of A and B for each kind of layer, and their product in the weight's shape (without the scale s):
/// <list type="bullet">
/// <item>Linear: A [r, in], B [out, r], product B·A [out, in].</item>
/// <item>Embedding: A [r, rows], B [width, r], product (B·A)ᵀ [rows, width]; A starts at zero and B does not.</item>
/// <item>Convolution, peft layout: A [r, in/groups, k...], B [out, r, 1...], product Σⱼ B[o, j]·A[j, i, ...].</item>
/// <item>Conv2d, loralib layout: A [r·k, in·k], B [out/groups·k, r·k], product B·A reshaped to the weight; its rank as that matrix is r·k.</item>
/// </list>
/// </summary>
internal sealed class LoRAFactors
{
    private readonly LayerShape shape;
    private readonly long[] shapeA;
    private readonly long[] shapeB;
    private readonly long rank;

    private LoRAFactors(LayerShape shape, long[] shapeA, long[] shapeB, long rank)
    {
        this.shape = shape;
        this.shapeA = shapeA;
        this.shapeB = shapeB;
        this.rank = rank;
    }

    /// <summary>The factors of a layer.</summary>
    /// <param name="shape">The layer.</param>
    /// <param name="options">The annotation.</param>
    /// <exception cref="ArgumentException">The rank is above the layer's size, or the layout does not apply to the layer.</exception>
    public static LoRAFactors Of(LayerShape shape, LoRAAttribute options)
    {
        long r = options.Rank;
        if (r < 1 || r > shape.MaxRank)
        {
            throw new ArgumentException(
                $"{shape.Layer} (LoRA): rank {r} is not between 1 and {shape.MaxRank}, the smaller side of the weight {shape.WeightText} seen as "
                    + $"[{shape.Rows}, {shape.Columns}].");
        }

        var weight = shape.Weight;
        switch (shape.Kind)
        {
            case LayerKinds.Linear:
                return new LoRAFactors(shape, [r, weight[1]], [weight[0], r], r);
            case LayerKinds.Embedding:
                return new LoRAFactors(shape, [r, weight[0]], [weight[1], r], r);
            default:
                return options.Layout == ConvLayout.Peft
                    ? new LoRAFactors(shape, [r, .. weight.Skip(1)], [weight[0], r, .. weight.Skip(2).Select(_ => 1L)], r)
                    : Loralib(shape, r);
        }
    }

    /// <summary>A and B whose product is zero.</summary>
    /// <param name="type">Type of the factors.</param>
    /// <param name="device">Their place.</param>
    /// <param name="init">How the factor that is not zero starts.</param>
    public (Tensor A, Tensor B) Start(ScalarType type, Device device, LoraInit init)
    {
        var a = zeros(shapeA, type, device);
        var b = zeros(shapeB, type, device);
        if (shape.Kind == LayerKinds.Embedding)
        {
            nn.init.normal_(b);
        }
        else if (init == LoraInit.Gaussian)
        {
            nn.init.normal_(a, 0, 1 / Math.Sqrt(rank));
        }
        else
        {
            // Kaiming-uniform with slope √5 comes to ±1/√fan_in.
            var bound = 1 / Math.Sqrt(shapeA.Skip(1).Aggregate(1L, (product, side) => product * side));
            nn.init.uniform_(a, -bound, bound);
        }

        return (a, b);
    }

    /// <summary>PiSSA: A and B such that s·B·A is the best approximation of the weight of their rank.</summary>
    /// <param name="weight">The weight.</param>
    /// <param name="scale">s.</param>
    public (Tensor A, Tensor B) Principal(Tensor weight, double scale)
    {
        var matrix = AsProduct(weight).to(weight.dtype == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);
        var (left, values, right) = linalg.svd(matrix, fullMatrices: false);
        var root = (values.narrow(0, 0, rank) / scale).sqrt();
        var a = root.unsqueeze(1) * right.narrow(0, 0, rank);
        var b = left.narrow(1, 0, rank) * root;
        return (a.reshape(shapeA).to(weight.dtype).contiguous(), b.reshape(shapeB).to(weight.dtype).contiguous());
    }

    /// <summary>B·A in the weight's shape.</summary>
    /// <param name="a">A.</param>
    /// <param name="b">B.</param>
    public Tensor Product(Tensor a, Tensor b)
    {
        var product = b.reshape(b.shape[0], -1).mm(a.reshape(a.shape[0], -1));
        return (shape.Kind == LayerKinds.Embedding ? product.t() : product).reshape([.. shape.Weight]);
    }

    private static LoRAFactors Loralib(LayerShape shape, long r)
    {
        var weight = shape.Weight;
        if (shape.Kind != LayerKinds.Conv2d || weight[2] != weight[3])
        {
            throw new ArgumentException(
                $"{shape.Layer} (LoRA): the loralib layout needs a two-dimensional convolution with a square kernel, found a {shape.Kind} with weight "
                    + $"{shape.WeightText}. Use ConvLayout.Peft.");
        }

        var k = weight[2];
        var (rows, columns) = (weight[0] / shape.Groups, weight[1] * shape.Groups);
        if (r > Math.Min(rows, columns))
        {
            throw new ArgumentException(
                $"{shape.Layer} (LoRA): rank {r} is above {Math.Min(rows, columns)}, the smaller of out/groups and in, which the loralib layout allows.");
        }

        return new LoRAFactors(shape, [r * k, columns * k], [rows * k, r * k], r * k);
    }

    // The weight as the matrix that B·A approximates.
    private Tensor AsProduct(Tensor weight) => shape.Kind == LayerKinds.Embedding
        ? weight.t()
        : weight.reshape(shapeB[0], -1);
}
