namespace Reparam.Runtime;

/// <summary>Arithmetic on shapes and strides, with libtorch's rules.</summary>
internal static class Layout
{
    public static long Count(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (var size in shape)
        {
            count = checked(count * size);
        }

        return count;
    }

    public static void ContiguousStrides(ReadOnlySpan<long> shape, Span<long> strides)
    {
        long stride = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(shape[i], 1);
        }
    }

    public static bool IsContiguous(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        if (shape.Contains(0))
        {
            return true;
        }

        long expected = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] != 1)
            {
                if (strides[i] != expected)
                {
                    return false;
                }

                expected *= shape[i];
            }
        }

        return true;
    }

    /// <summary>Whether the elements fill a stretch of memory without gap or overlap, in whatever order.</summary>
    public static bool IsDense(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        var seen = 0;
        long expected = 1;
        for (var step = 0; step < shape.Length; step++)
        {
            var next = -1;
            for (var i = 0; i < shape.Length; i++)
            {
                if ((seen & (1 << i)) == 0 && (shape[i] == 1 || strides[i] == expected))
                {
                    next = i;
                    break;
                }
            }

            if (next < 0)
            {
                return false;
            }

            seen |= 1 << next;
            if (shape[next] != 1)
            {
                expected *= shape[next];
            }
        }

        return true;
    }

    public static int Dimension(long dim, int rank)
    {
        // A scalar takes the dimensions −1 and 0, as in libtorch.
        var count = Math.Max(rank, 1);
        if (dim < -count || dim >= count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(dim), dim, $"Dimension out of range (expected to be in range of [{-count}, {count - 1}], but got {dim}).");
        }

        return (int)(dim < 0 ? dim + count : dim);
    }

    /// <summary>Broadcasts two shapes; writes the result and gives its rank.</summary>
    /// <exception cref="ArgumentException">A size differs and neither is 1.</exception>
    public static int Broadcast(ReadOnlySpan<long> a, ReadOnlySpan<long> b, Span<long> result)
    {
        var rank = Math.Max(a.Length, b.Length);
        for (var i = 1; i <= rank; i++)
        {
            var sizeA = i <= a.Length ? a[^i] : 1;
            var sizeB = i <= b.Length ? b[^i] : 1;
            if (sizeA != sizeB && sizeA != 1 && sizeB != 1)
            {
                throw new ArgumentException(
                    $"Shapes {Describe(a)} and {Describe(b)} cannot be broadcast: size {sizeA} against {sizeB} at dimension {rank - i}.");
            }

            result[rank - i] = sizeA == 1 ? sizeB : sizeA;
        }

        return rank;
    }

    /// <summary>Whether a shape is broadcast to another without changing that one.</summary>
    public static bool Broadcasts(ReadOnlySpan<long> shape, ReadOnlySpan<long> target)
    {
        for (var i = 1; i <= shape.Length; i++)
        {
            if (i > target.Length || (shape[^i] != 1 && shape[^i] != target[^i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a dimension shows the same elements several times.</summary>
    public static bool Repeats(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        for (var i = 0; i < shape.Length; i++)
        {
            if (strides[i] == 0 && shape[i] > 1)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Strides of a tensor seen in a larger shape: 0 where it is repeated.</summary>
    /// <exception cref="ArgumentException">The tensor does not fit the shape.</exception>
    public static void BroadcastStrides(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, ReadOnlySpan<long> target, Span<long> result)
    {
        if (shape.Length > target.Length)
        {
            throw new ArgumentException($"A tensor of shape {Describe(shape)} cannot be expanded to {Describe(target)}.");
        }

        for (var i = 1; i <= target.Length; i++)
        {
            if (i > shape.Length)
            {
                result[^i] = 0;
            }
            else if (shape[^i] == target[^i])
            {
                result[^i] = strides[^i];
            }
            else if (shape[^i] == 1)
            {
                result[^i] = 0;
            }
            else
            {
                throw new ArgumentException($"A tensor of shape {Describe(shape)} cannot be expanded to {Describe(target)}.");
            }
        }
    }

    /// <summary>Resolves one −1 in a new shape and checks the number of elements.</summary>
    /// <exception cref="ArgumentException">The shape does not have that number of elements.</exception>
    public static void InferSizes(ReadOnlySpan<long> requested, long count, Span<long> result)
    {
        long known = 1;
        var inferred = -1;
        for (var i = 0; i < requested.Length; i++)
        {
            result[i] = requested[i];
            if (requested[i] == -1 && inferred < 0)
            {
                inferred = i;
            }
            else if (requested[i] < 0)
            {
                throw new ArgumentException(
                    requested[i] == -1 ? "Only one dimension can be inferred (-1)." : $"Invalid size {requested[i]} in shape {Describe(requested)}.");
            }
            else
            {
                known *= requested[i];
            }
        }

        if (inferred >= 0 && known != 0 && count % known == 0)
        {
            result[inferred] = count / known;
        }
        else if (inferred >= 0 || known != count)
        {
            throw new ArgumentException($"Shape {Describe(requested)} is invalid for a tensor of {count} elements.");
        }
    }

    /// <summary>The strides that show the same memory in another shape, if there are any.</summary>
    public static bool TryViewStrides(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, ReadOnlySpan<long> target, Span<long> result)
    {
        if (Count(shape) == 0)
        {
            ContiguousStrides(target, result);
            return true;
        }

        if (shape.Length == 0)
        {
            result[..target.Length].Fill(1);
            return true;
        }

        // Walk both shapes from the back: a stretch of old dimensions that follow each other in memory is cut into new ones.
        var next = target.Length - 1;
        var stretchStride = strides[^1];
        long stretch = 1;
        long taken = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            stretch *= shape[i];
            if (i > 0 && (shape[i - 1] == 1 || strides[i - 1] == stretch * stretchStride))
            {
                continue;
            }

            while (next >= 0 && (taken < stretch || target[next] == 1))
            {
                result[next] = taken * stretchStride;
                taken *= target[next];
                next--;
            }

            if (taken != stretch)
            {
                return false;
            }

            if (i > 0)
            {
                stretchStride = strides[i - 1];
                stretch = 1;
                taken = 1;
            }
        }

        return next < 0;
    }

    public static string Describe(ReadOnlySpan<long> shape)
    {
        var text = new System.Text.StringBuilder("[");
        for (var i = 0; i < shape.Length; i++)
        {
            text.Append(i == 0 ? string.Empty : ", ").Append(System.Globalization.CultureInfo.InvariantCulture, $"{shape[i]}");
        }

        return text.Append(']').ToString();
    }
}
