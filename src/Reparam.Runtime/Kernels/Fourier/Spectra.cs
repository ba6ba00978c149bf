using System.Numerics;

namespace Reparam.Runtime.Kernels.Fourier;

/// <summary>Fourier transforms along dimensions of tensors. They are computed in double precision and rounded once.</summary>
internal static class Spectra
{
    /// <summary>The transform along one dimension, which is cut or filled with zeros to a length.</summary>
    /// <param name="input">Numbers of any type; complex ones come out.</param>
    /// <param name="length">The length; −1 for the dimension's own.</param>
    /// <param name="dim">The dimension.</param>
    /// <param name="norm">Which direction is divided by the length.</param>
    /// <param name="isBackward">The direction.</param>
    /// <exception cref="ArgumentException">The length is not positive.</exception>
    public static Tensor Along(Tensor input, long length, long dim, FFTNormType norm, bool isBackward)
    {
        var type = ResultType(input);
        var at = input.Dimension(dim);
        var count = Length(length == -1 ? input.Shape[at] : length);
        var rows = Fitted(input.As(DType.ComplexFloat64), at, count).Transpose(at, -1).Clone();
        var values = Pointwise.Flat<Complex>(rows);
        var transform = new FourierTransform(count);
        var scale = Scale(count, norm, isBackward);
        for (var start = 0; start < values.Length; start += count)
        {
            var row = values.Slice(start, count);
            if (isBackward)
            {
                transform.Backward(row);
            }
            else
            {
                transform.Forward(row);
            }

            foreach (ref var value in row)
            {
                value *= scale;
            }
        }

        return rows.As(type).Transpose(-1, at).Contiguous();
    }

    /// <summary>Transforms along several dimensions, the last one first.</summary>
    public static Tensor Over(Tensor input, ReadOnlySpan<long> lengths, ReadOnlySpan<long> dims, FFTNormType norm, bool isBackward)
    {
        for (var i = dims.Length - 1; i >= 0; i--)
        {
            input = Along(input, lengths.IsEmpty ? -1 : lengths[i], dims[i], norm, isBackward);
        }

        return input;
    }

    /// <summary>The first half of the transform of real numbers, n / 2 + 1 of n; the other half mirrors it.</summary>
    public static Tensor Half(Tensor input, long length, long dim, FFTNormType norm, bool isBackward = false)
    {
        if (input.IsComplex())
        {
            throw new InvalidOperationException($"The transform of real numbers takes no {input.Dtype}.");
        }

        var full = Along(input, length, dim, norm, isBackward);
        return full.Narrow(dim, 0, full.Shape[full.Dimension(dim)] / 2 + 1).Contiguous();
    }

    /// <summary>The real numbers whose transform has this first half.</summary>
    /// <param name="input">[…, n / 2 + 1 along the dimension, …].</param>
    /// <param name="length">n; −1 for the even number that fits.</param>
    /// <param name="dim">The dimension.</param>
    /// <param name="norm">Which direction is divided by the length.</param>
    /// <param name="isBackward">The direction.</param>
    public static Tensor FromHalf(Tensor input, long length, long dim, FFTNormType norm, bool isBackward = true)
    {
        var at = input.Dimension(dim);
        var count = Length(length == -1 ? 2 * (input.Shape[at] - 1) : length);
        var half = Fitted(input.As(ResultType(input)), at, count / 2 + 1);

        // What the mirrored half would make imaginary does not count.
        var mirrored = half.Narrow(at, 1, Math.Max((count - 1) / 2, 0)).Flip([at]).Conj();
        var full = Torch.Cat([half, mirrored], at);
        ClearImaginary(full.Select(at, 0));
        if (count % 2 == 0)
        {
            ClearImaginary(full.Select(at, count / 2));
        }

        return Along(full, -1, at, norm, isBackward).Real.Clone();
    }

    /// <summary>The dimensions that a transform of several works on: those named, the last ones for as many lengths, or all.</summary>
    public static long[] Dimensions(Tensor input, ReadOnlySpan<long> lengths, ReadOnlySpan<long> dims)
    {
        if (!dims.IsEmpty)
        {
            return lengths.IsEmpty || lengths.Length == dims.Length
                ? dims.ToArray()
                : throw new ArgumentException($"The transform has {lengths.Length} lengths for {dims.Length} dimensions.");
        }

        var count = lengths.IsEmpty ? input.Rank : lengths.Length;
        return count <= input.Rank
            ? [.. Enumerable.Range(input.Rank - count, count).Select(dim => (long)dim)]
            : throw new ArgumentException($"The transform has {count} lengths, but the tensor has shape {Layout.Describe(input.Shape)}.");
    }

    private static DType ResultType(Tensor input) => input.Dtype is DType.Float16 or DType.BFloat16
        ? throw new InvalidOperationException($"Fourier transforms of {input.Dtype} are not known: convert to Float32.")
        : ElementTypes.Complex(input.Dtype);

    private static int Length(long length) => length is >= 1 and <= int.MaxValue
        ? (int)length
        : throw new ArgumentException($"A Fourier transform needs at least one number, not {length}.");

    private static double Scale(int count, FFTNormType norm, bool isBackward) => norm switch
    {
        FFTNormType.Ortho => 1 / Math.Sqrt(count),
        FFTNormType.Forward => isBackward ? 1 : 1.0 / count,
        _ => isBackward ? 1.0 / count : 1,
    };

    // The dimension cut, or filled with zeros.
    private static Tensor Fitted(Tensor x, int dim, long count)
    {
        var size = x.Shape[dim];
        if (size >= count)
        {
            return x.Narrow(dim, 0, count);
        }

        var shape = x.Shape.ToArray();
        shape[dim] = count - size;
        return Torch.Cat([x, Torch.Zeros(shape, x.Dtype)], dim);
    }

    private static void ClearImaginary(Tensor x) => x.ViewAsReal().Select(-1, 1).Zero_();
}
