using System.Numerics;
using System.Runtime.InteropServices;
using Reparam.Compression.Structures;

namespace Reparam.Compression.ChannelIdle;

/// <summary>
/// Folds a channel-idle block (RePaViT, arXiv 2505.21847). Batch norms go into the linear layers beside them, in their evaluation form: Ŵ1 = W1·diag(S1), b̂1 =
/// b1 + W1·(β1 − S1·µ1), and Ŵ2, b̂2 likewise, with S = γ/√(v + eps). Split behind the first k channels, Ŵ1 = [W1a; W1i] and Ŵ2 = [W2a, W2i], the block is y =
/// Wr·x + br + W2a·act(W1a·x + b1a) with Wr = W2i·W1i + I and br = W2i·b1i + b̂2.
/// </summary>
/// <remarks>
/// The block's tensors: <c>norm1</c> (over dim; may be missing), <c>fc1.weight</c> [hidden, dim], <c>norm2</c> (over hidden; may be missing), <c>fc2.weight</c>
/// [dim, hidden]; biases and the norms' weights may be missing. The folded block's: <c>main</c> [dim, dim] with bias, <c>inner</c> [k, dim] with bias,
/// <c>outer</c> [dim, k]. Without active channels <c>main</c> is all; without idle ones there is no <c>main</c>, the folded class adds x, and <c>outer</c> has
/// the bias.
/// </remarks>
public sealed class ChannelIdleFold : StructureMethod
{
    /// <summary>Name of the buffer that keeps k.</summary>
    public const string ActiveName = "reparam.channelidle.active";

    // Above this the float32 products lose more digits than a comparison to 1e-5 allows.
    private const double LargeScale = 1e3;

    /// <inheritdoc/>
    public override Type OptionsType => typeof(ChannelIdleAttribute);

    /// <inheritdoc/>
    public override bool IsUnfolded(BlockState block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return block.Contains("fc1.weight") || block.Contains("fc2.weight");
    }

    /// <inheritdoc/>
    public override IReadOnlyList<FoldedTensor> Fold(BlockState block, StructureAttribute options)
    {
        ArgumentNullException.ThrowIfNull(block);
        var own = (ChannelIdleAttribute)options;
        var (hidden, dim) = block.Matrix("fc1.weight");
        if (block.Matrix("fc2.weight") is var second && second != (dim, hidden))
        {
            throw block.Problem($"has a tensor 'fc2.weight' [{second.Rows}, {second.Columns}] beside 'fc1.weight' [{hidden}, {dim}], "
                + $"expected [{dim}, {hidden}]");
        }

        RequireNorms(block, own.Norms);
        var active = ActiveOf(block, own, hidden);
        var parts = new Parts(block, dim, hidden, active, own.Eps);
        var isAll = active == hidden;
        List<FoldedTensor> folded = [];
        if (!isAll)
        {
            folded.Add(new FoldedTensor("main.weight", "fc1.weight", [dim, dim], parts.Main));
            folded.Add(new FoldedTensor("main.bias", "fc1.weight", [dim], parts.MainBias));
        }

        if (active > 0)
        {
            folded.Add(new FoldedTensor("inner.weight", "fc1.weight", [active, dim], parts.Inner));
            folded.Add(new FoldedTensor("inner.bias", "fc1.weight", [active], () => parts.FirstBias()[..active]));
            folded.Add(new FoldedTensor("outer.weight", "fc2.weight", [dim, active], parts.Outer));
        }

        if (isAll)
        {
            folded.Add(new FoldedTensor("outer.bias", "fc2.weight", [dim], parts.SecondBias));
        }

        return folded;
    }

    private static void RequireNorms(BlockState block, IdleNorms norms)
    {
        foreach (var (name, norm) in (ReadOnlySpan<(string, IdleNorms)>)[("norm1", IdleNorms.Input), ("norm2", IdleNorms.Hidden)])
        {
            var hasNorm = block.Contains($"{name}.weight") || block.Contains($"{name}.running_var");
            if (hasNorm != norms.HasFlag(norm))
            {
                throw block.Problem(hasNorm
                    ? $"has a batch norm '{name}', and Norms is {norms}"
                    : $"has no batch norm '{name}', and Norms is {norms}");
            }

            // A layer norm has a weight and no statistics: it depends on the input and cannot be folded.
            if (hasNorm && !(block.Contains($"{name}.running_mean") && block.Contains($"{name}.running_var")))
            {
                throw block.Problem($"has a norm '{name}' without running_mean and running_var, expected a batch norm: no other norm folds into a "
                    + "linear layer");
            }
        }
    }

    private static int ActiveOf(BlockState block, ChannelIdleAttribute options, int hidden)
    {
        int active;
        try
        {
            active = options.ActiveOf(hidden);
        }
        catch (ArgumentOutOfRangeException exception)
        {
            throw block.Problem($"cannot be folded: {exception.Message}");
        }

        return !block.Contains(ActiveName) || block.Read(ActiveName, 1)[0] is var stored && stored == active
            ? active
            : throw block.Problem($"was trained with {block.Read(ActiveName, 1)[0]} active channels ('{ActiveName}'), and its annotation asks for "
                + $"{active} of {hidden}");
    }

    /// <summary>The folded tensors, each computed from the block's when it is asked for.</summary>
    private sealed class Parts(BlockState block, int dim, int hidden, int active, double eps)
    {
        private int Idle => hidden - active;

        /// <summary>Wr = W2i·W1i + I.</summary>
        public double[] Main()
        {
            var (first, second) = (First(), Second());
            var product = new double[(long)dim * dim];
            Parallel.For(0, dim, row =>
            {
                var result = product.AsSpan(row * dim, dim);
                for (var i = active; i < hidden; i++)
                {
                    AddScaled(result, first.AsSpan(i * dim, dim), second[(row * hidden) + i]);
                }

                result[row]++;
            });
            return product;
        }

        /// <summary>br = W2i·b1i + b̂2.</summary>
        public double[] MainBias()
        {
            var (bias, second, rest) = (FirstBias(), Second(), SecondBias());
            for (var row = 0; row < dim; row++)
            {
                rest[row] += Dot(second.AsSpan((row * hidden) + active, Idle), bias.AsSpan(active));
            }

            return rest;
        }

        /// <summary>W1a.</summary>
        public double[] Inner() => First()[..(active * dim)];

        /// <summary>W2a.</summary>
        public double[] Outer()
        {
            var second = Second();
            var outer = new double[(long)dim * active];
            for (var row = 0; row < dim; row++)
            {
                second.AsSpan(row * hidden, active).CopyTo(outer.AsSpan(row * active));
            }

            return outer;
        }

        /// <summary>b̂1 = b1 + W1·(β1 − S1·µ1).</summary>
        public double[] FirstBias() => Bias("fc1", "norm1", hidden, dim);

        /// <summary>b̂2 = b2 + W2·(β2 − S2·µ2).</summary>
        public double[] SecondBias() => Bias("fc2", "norm2", dim, hidden);

        private double[] First() => Scaled("fc1", "norm1", hidden, dim);

        private double[] Second() => Scaled("fc2", "norm2", dim, hidden);

        // W·diag(S).
        private double[] Scaled(string layer, string norm, int rows, int columns)
        {
            var weight = block.Read(layer + ".weight", rows, columns);
            if (Norm(norm, columns) is var (scale, _))
            {
                for (var row = 0; row < rows; row++)
                {
                    for (var column = 0; column < columns; column++)
                    {
                        weight[(row * columns) + column] *= scale[column];
                    }
                }
            }

            return weight;
        }

        private double[] Bias(string layer, string norm, int rows, int columns)
        {
            var bias = block.ReadOr(layer + ".bias", 0, rows);
            if (Norm(norm, columns) is var (_, shift))
            {
                var weight = block.Read(layer + ".weight", rows, columns);
                for (var row = 0; row < rows; row++)
                {
                    bias[row] += Dot(weight.AsSpan(row * columns, columns), shift);
                }
            }

            return bias;
        }

        // S and β − S·µ; null where the block has no such norm.
        private (double[] Scale, double[] Shift)? Norm(string norm, int length)
        {
            if (!block.Contains(norm + ".running_var"))
            {
                return null;
            }

            var (mean, variance) = (block.Read(norm + ".running_mean", length), block.Read(norm + ".running_var", length));
            var (scale, shift) = (block.ReadOr(norm + ".weight", 1, length), block.ReadOr(norm + ".bias", 0, length));
            for (var i = 0; i < length; i++)
            {
                if (variance[i] < 0)
                {
                    throw block.Problem(FormattableString.Invariant($"has a variance of {variance[i]:g6} in '{norm}.running_var' at {i}"));
                }

                scale[i] /= Math.Sqrt(variance[i] + eps);
                shift[i] -= scale[i] * mean[i];
            }

            if (scale.Max(Math.Abs) is > LargeScale and var largest)
            {
                block.Note(FormattableString.Invariant(
                    $"'{norm}' scales a channel by {largest:g4}: its running variance is tiny, and the folded weights lose digits by it"));
            }

            if (block.Contains(norm + ".num_batches_tracked") && block.Shape(norm + ".num_batches_tracked").Length == 0
                && block.Read(norm + ".num_batches_tracked")[0] == 0)
            {
                block.Note($"'{norm}' has seen no batch: its statistics are those it was made with");
            }

            return (scale, shift);
        }

        private static void AddScaled(Span<double> to, ReadOnlySpan<double> vector, double factor)
        {
            var lanes = MemoryMarshal.Cast<double, Vector<double>>(to);
            var from = MemoryMarshal.Cast<double, Vector<double>>(vector);
            for (var i = 0; i < lanes.Length; i++)
            {
                lanes[i] += from[i] * factor;
            }

            for (var i = lanes.Length * Vector<double>.Count; i < to.Length; i++)
            {
                to[i] += vector[i] * factor;
            }
        }

        private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
        {
            var sum = 0.0;
            for (var i = 0; i < a.Length; i++)
            {
                sum += a[i] * b[i];
            }

            return sum;
        }
    }
}
