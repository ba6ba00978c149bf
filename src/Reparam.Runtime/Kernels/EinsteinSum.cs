namespace Reparam.Runtime.Kernels;

/// <summary>
/// Sums of products in index notation, <c>"bij,bjk->bik"</c>. Operands are combined from left to right, each step one batch of matrix products. An ellipsis
/// stands for dimensions that are broadcast.
/// </summary>
internal static class EinsteinSum
{
    // Labels of the dimensions of an ellipsis, from the last on.
    private const char EllipsisStart = '\u0100';

    public static Tensor Run(string equation, ReadOnlySpan<Tensor> tensors)
    {
        var text = equation.Replace(" ", string.Empty, StringComparison.Ordinal);
        var arrow = text.IndexOf("->", StringComparison.Ordinal);
        var inputs = (arrow < 0 ? text : text[..arrow]).Split(',');
        if (inputs.Length != tensors.Length)
        {
            throw new ArgumentException($"einsum: '{equation}' names {inputs.Length} operands, but {tensors.Length} are given.");
        }

        var operands = new List<(Tensor Tensor, string Labels)>();
        var all = string.Empty;
        for (var i = 0; i < inputs.Length; i++)
        {
            var labels = Labels(inputs[i], tensors[i], equation);
            all += labels;
            operands.Add(Diagonals(tensors[i], labels, equation));
        }

        var widest = all.Where(label => label >= EllipsisStart).Distinct().OrderDescending().ToArray();
        var output = arrow < 0 ? Implicit(all, new string(widest)) : text[(arrow + 2)..].Replace("...", new string(widest), StringComparison.Ordinal);
        var sizes = Sizes(operands, equation);
        if (output.Distinct().Count() != output.Length || output.Any(label => !sizes.ContainsKey(label)))
        {
            throw new ArgumentException($"einsum: each index of the result of '{equation}' must be one of the operands', and be named once.");
        }

        // A dimension of size 1 is repeated where another operand has it larger: as if it were not there.
        for (var i = 0; i < operands.Count; i++)
        {
            operands[i] = WithoutOnes(operands[i], sizes);
        }

        var result = operands[0];
        for (var i = 1; i <= operands.Count; i++)
        {
            var needed = output + string.Concat(operands.Skip(i + 1).Select(o => o.Labels));
            result = i < operands.Count ? Combine(result, operands[i], needed) : SumAway(result, output);
        }

        return Arrange(result, output, sizes);
    }

    private static string Labels(string input, Tensor tensor, string equation)
    {
        var dots = input.IndexOf("...", StringComparison.Ordinal);
        var named = dots < 0 ? input.Length : input.Length - 3;
        if ((dots < 0 && named != tensor.Rank) || named > tensor.Rank
            || input.Replace("...", string.Empty, StringComparison.Ordinal).Any(c => !char.IsAsciiLetter(c)))
        {
            throw new ArgumentException($"einsum: '{input}' of '{equation}' does not fit a tensor of shape {Layout.Describe(tensor.Shape)}.");
        }

        var hidden = tensor.Rank - named;
        var ellipsis = string.Concat(Enumerable.Range(0, dots < 0 ? 0 : hidden).Select(i => (char)(EllipsisStart + hidden - 1 - i)));
        return dots < 0 ? input : input[..dots] + ellipsis + input[(dots + 3)..];
    }

    // An index that an operand has twice means its diagonal.
    private static (Tensor Tensor, string Labels) Diagonals(Tensor tensor, string labels, string equation)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            var second = labels.IndexOf(labels[i], i + 1);
            if (second >= 0)
            {
                if (tensor.Shape[i] != tensor.Shape[second])
                {
                    throw new ArgumentException($"einsum: index '{labels[i]}' of '{equation}' has sizes {tensor.Shape[i]} and {tensor.Shape[second]}.");
                }

                tensor = tensor.Diagonal(0, i, second);
                labels = labels.Remove(second, 1).Remove(i, 1) + labels[i];
                i = -1;
            }
        }

        return (tensor, labels);
    }

    private static string Implicit(string labels, string ellipsis)
    {
        // In order of the characters: upper case before lower case.
        var once = labels.Where(label => label < EllipsisStart).GroupBy(label => label)
            .Where(group => group.Count() == 1).Select(group => group.Key).Order();
        return ellipsis + string.Concat(once);
    }

    private static Dictionary<char, long> Sizes(List<(Tensor Tensor, string Labels)> operands, string equation)
    {
        var sizes = new Dictionary<char, long>();
        foreach (var (tensor, labels) in operands)
        {
            for (var i = 0; i < labels.Length; i++)
            {
                var size = tensor.Shape[i];
                if (!sizes.TryGetValue(labels[i], out var known) || known == 1)
                {
                    sizes[labels[i]] = size;
                }
                else if (size != known && size != 1)
                {
                    throw new ArgumentException($"einsum: index '{labels[i]}' of '{equation}' has sizes {known} and {size}.");
                }
            }
        }

        return sizes;
    }

    private static (Tensor Tensor, string Labels) WithoutOnes((Tensor Tensor, string Labels) operand, Dictionary<char, long> sizes)
    {
        var (tensor, labels) = operand;
        for (var i = labels.Length - 1; i >= 0; i--)
        {
            if (tensor.Shape[i] == 1 && sizes[labels[i]] != 1)
            {
                (tensor, labels) = (tensor.Select(i, 0), labels.Remove(i, 1));
            }
        }

        return (tensor, labels);
    }

    private static (Tensor Tensor, string Labels) SumAway((Tensor Tensor, string Labels) operand, string needed)
    {
        var dims = Enumerable.Range(0, operand.Labels.Length).Where(i => !needed.Contains(operand.Labels[i])).Select(i => (long)i).ToArray();
        return dims.Length == 0
            ? operand
            : (operand.Tensor.Sum(dims, type: operand.Tensor.Dtype), string.Concat(operand.Labels.Where(label => needed.Contains(label))));
    }

    private static (Tensor Tensor, string Labels) Combine((Tensor Tensor, string Labels) x, (Tensor Tensor, string Labels) y, string needed)
    {
        x = SumAway(x, needed + y.Labels);
        y = SumAway(y, needed + x.Labels);
        var both = x.Labels.Where(label => y.Labels.Contains(label)).ToArray();
        var batch = string.Concat(both.Where(label => needed.Contains(label)));
        var summed = string.Concat(both.Where(label => !needed.Contains(label)));
        var onlyX = string.Concat(x.Labels.Where(label => !both.Contains(label)));
        var onlyY = string.Concat(y.Labels.Where(label => !both.Contains(label)));
        var type = x.Tensor.TypeWith(y.Tensor);
        var left = Grouped((x.Tensor.As(type), x.Labels), batch, onlyX, summed, out var batchSizes, out var rows);
        var right = Grouped((y.Tensor.As(type), y.Labels), batch, summed, onlyY, out _, out _);
        _ = Grouped((y.Tensor, y.Labels), batch, onlyY, summed, out _, out var columns);
        return (left.Bmm(right).Reshape([.. batchSizes, .. rows, .. columns]), batch + onlyX + onlyY);
    }

    // The operand as a batch of matrices [batch, rows, columns].
    private static Tensor Grouped(
        (Tensor Tensor, string Labels) operand, string batch, string rows, string columns, out long[] batchSizes, out long[] rowSizes)
    {
        var (tensor, labels) = operand;
        long[] SizesOf(string group) => [.. group.Select(label => operand.Tensor.Shape[operand.Labels.IndexOf(label)])];
        batchSizes = SizesOf(batch);
        rowSizes = SizesOf(rows);
        var ordered = tensor.Permute([.. (batch + rows + columns).Select(label => (long)labels.IndexOf(label))]);
        return ordered.Reshape(Layout.Count(batchSizes), Layout.Count(rowSizes), Layout.Count(SizesOf(columns)));
    }

    private static Tensor Arrange((Tensor Tensor, string Labels) result, string output, Dictionary<char, long> sizes)
    {
        var (tensor, labels) = result;
        foreach (var label in output)
        {
            if (!labels.Contains(label))
            {
                (tensor, labels) = (tensor.Unsqueeze(-1), labels + label);
            }
        }

        return tensor.Permute([.. output.Select(label => (long)labels.IndexOf(label))]).Expand([.. output.Select(label => sizes[label])]);
    }
}
