using Reparam.Runtime.Kernels.Fourier;

namespace Reparam.Runtime;

/// <summary>
/// Fourier transforms. A dimension is cut or filled with zeros to the length <c>n</c>, or <c>s</c> for several; −1 takes it as it is. Integers count as single
/// precision; results of single precision are computed in double precision and rounded once.
/// </summary>
[Counterpart("TorchSharp.torch+fft")]
public static class Fft
{
    /// <summary>The transform along one dimension: complex.</summary>
    /// <exception cref="ArgumentException">The length is not positive.</exception>
    [Counterpart("fft_")]
    public static Tensor Fft_(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
        Spectra.Along(input, n, dim, norm, isBackward: false);

    /// <summary>The inverse of <see cref="Fft_"/>: complex.</summary>
    [Counterpart("ifft")]
    public static Tensor Ifft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
        Spectra.Along(input, n, dim, norm, isBackward: true);

    /// <summary>The first half of the transform of real numbers: complex, n / 2 + 1 of n.</summary>
    /// <exception cref="InvalidOperationException">The numbers are complex.</exception>
    [Counterpart("rfft")]
    public static Tensor Rfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => Spectra.Half(input, n, dim, norm);

    /// <summary>The inverse of <see cref="Rfft"/>: n real numbers, by default an even number.</summary>
    [Counterpart("irfft")]
    public static Tensor Irfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => Spectra.FromHalf(input, n, dim, norm);

    /// <summary>The transform, real, of numbers of which the first half is given.</summary>
    [Counterpart("hfft")]
    public static Tensor Hfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
        Spectra.FromHalf(input, n, dim, norm, isBackward: false);

    /// <summary>The inverse of <see cref="Hfft"/>.</summary>
    /// <exception cref="InvalidOperationException">The numbers are complex.</exception>
    [Counterpart("ihfft")]
    public static Tensor Ihfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) =>
        Spectra.Half(input, n, dim, norm, isBackward: true);

    /// <summary>The transform along two dimensions, by default the last ones.</summary>
    [Counterpart("fft2")]
    public static Tensor Fft2(
        Tensor input, ReadOnlySpan<long> s = default, ReadOnlySpan<long> dim = default, FFTNormType norm = FFTNormType.Backward) =>
        Fftn(input, s, Two(dim), norm);

    /// <summary>The inverse of <see cref="Fft2"/>.</summary>
    [Counterpart("ifft2")]
    public static Tensor Ifft2(
        Tensor input, ReadOnlySpan<long> s = default, ReadOnlySpan<long> dim = default, FFTNormType norm = FFTNormType.Backward) =>
        Ifftn(input, s, Two(dim), norm);

    /// <summary>The transform of real numbers along two dimensions; of the last one, the first half.</summary>
    [Counterpart("rfft2")]
    public static Tensor Rfft2(
        Tensor input, ReadOnlySpan<long> s = default, ReadOnlySpan<long> dim = default, FFTNormType norm = FFTNormType.Backward) =>
        Rfftn(input, s, Two(dim), norm);

    /// <summary>The inverse of <see cref="Rfft2"/>: real numbers.</summary>
    [Counterpart("irfft2")]
    public static Tensor Irfft2(
        Tensor input, ReadOnlySpan<long> s = default, ReadOnlySpan<long> dim = default, FFTNormType norm = FFTNormType.Backward) =>
        Irfftn(input, s, Two(dim), norm);

    /// <summary>The transform, real, of numbers of which the first half along the last dimension is given.</summary>
    [Counterpart("hfft2")]
    public static Tensor Hfft2(
        Tensor input, ReadOnlySpan<long> s = default, ReadOnlySpan<long> dim = default, FFTNormType norm = FFTNormType.Backward) =>
        Hfftn(input, s, Two(dim), norm);

    /// <summary>The inverse of <see cref="Hfft2"/>.</summary>
    [Counterpart("ihfft2")]
    public static Tensor Ihfft2(
        Tensor input, ReadOnlySpan<long> s = default, ReadOnlySpan<long> dim = default, FFTNormType norm = FFTNormType.Backward) =>
        Ihfftn(input, s, Two(dim), norm);

    /// <summary>The transform along several dimensions, by default all.</summary>
    [Counterpart("fftn")]
    public static Tensor Fftn(
        Tensor input, ReadOnlySpan<long> s = default, ReadOnlySpan<long> dim = default, FFTNormType norm = FFTNormType.Backward) =>
        Spectra.Over(input, s, Spectra.Dimensions(input, s, dim), norm, isBackward: false);

    /// <summary>The inverse of <see cref="Fftn"/>.</summary>
    [Counterpart("ifftn")]
    public static Tensor Ifftn(
        Tensor input, ReadOnlySpan<long> s = default, ReadOnlySpan<long> dim = default, FFTNormType norm = FFTNormType.Backward) =>
        Spectra.Over(input, s, Spectra.Dimensions(input, s, dim), norm, isBackward: true);

    /// <summary>The transform of real numbers along several dimensions; of the last one, the first half.</summary>
    [Counterpart("rfftn")]
    public static Tensor Rfftn(
        Tensor input, ReadOnlySpan<long> s = default, ReadOnlySpan<long> dim = default, FFTNormType norm = FFTNormType.Backward)
    {
        var dims = Spectra.Dimensions(input, s, dim);
        return Spectra.Over(Spectra.Half(input, Last(s), dims[^1], norm), AllButLast(s), dims.AsSpan()[..^1], norm, isBackward: false);
    }

    /// <summary>The inverse of <see cref="Rfftn"/>: real numbers.</summary>
    [Counterpart("irfftn")]
    public static Tensor Irfftn(
        Tensor input, ReadOnlySpan<long> s = default, ReadOnlySpan<long> dim = default, FFTNormType norm = FFTNormType.Backward)
    {
        var dims = Spectra.Dimensions(input, s, dim);
        return Spectra.FromHalf(Spectra.Over(input, AllButLast(s), dims.AsSpan()[..^1], norm, isBackward: true), Last(s), dims[^1], norm);
    }

    /// <summary>The transform, real, of numbers of which the first half along the last dimension is given.</summary>
    [Counterpart("hfftn")]
    public static Tensor Hfftn(
        Tensor input, ReadOnlySpan<long> s = default, ReadOnlySpan<long> dim = default, FFTNormType norm = FFTNormType.Backward)
    {
        var dims = Spectra.Dimensions(input, s, dim);
        var inner = Spectra.Over(input, AllButLast(s), dims.AsSpan()[..^1], norm, isBackward: false);
        return Spectra.FromHalf(inner, Last(s), dims[^1], norm, isBackward: false);
    }

    /// <summary>The inverse of <see cref="Hfftn"/>.</summary>
    [Counterpart("ihfftn")]
    public static Tensor Ihfftn(
        Tensor input, ReadOnlySpan<long> s = default, ReadOnlySpan<long> dim = default, FFTNormType norm = FFTNormType.Backward)
    {
        var dims = Spectra.Dimensions(input, s, dim);
        var inner = Spectra.Half(input, Last(s), dims[^1], norm, isBackward: true);
        return Spectra.Over(inner, AllButLast(s), dims.AsSpan()[..^1], norm, isBackward: true);
    }

    /// <summary>Turns dimensions, by default all, so that the frequency zero stands in the middle.</summary>
    [Counterpart("fftshift")]
    public static Tensor Fftshift(Tensor input, ReadOnlySpan<long> dim = default) => Shifted(input, dim, size => size / 2);

    /// <summary>The inverse of <see cref="Fftshift"/>.</summary>
    [Counterpart("ifftshift")]
    public static Tensor Ifftshift(Tensor input, ReadOnlySpan<long> dim = default) => Shifted(input, dim, size => (size + 1) / 2);

    /// <summary>The frequencies of a transform of length <paramref name="n"/> with the distance <paramref name="d"/> between samples: [n].</summary>
    [Counterpart("fftfreq")]
    public static Tensor Fftfreq(long n, double d = 1, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Cat([Torch.Arange(0, (n + 1) / 2, 1), Torch.Arange(-(n / 2), 0, 1)], 0).ToType(dtype ?? Torch.GetDefaultDtype()).Mul(1 / (n * d));

    /// <summary>The frequencies of the first half of a transform: [n / 2 + 1].</summary>
    [Counterpart("rfftfreq")]
    public static Tensor Rfftfreq(long n, double d = 1, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Torch.Arange(n / 2 + 1).ToType(dtype ?? Torch.GetDefaultDtype()).Mul(1 / (n * d));

    private static ReadOnlySpan<long> Two(ReadOnlySpan<long> dims) => dims.IsEmpty ? [-2, -1] : dims;

    private static long Last(ReadOnlySpan<long> lengths) => lengths.IsEmpty ? -1 : lengths[^1];

    private static ReadOnlySpan<long> AllButLast(ReadOnlySpan<long> lengths) => lengths.IsEmpty ? lengths : lengths[..^1];

    private static Tensor Shifted(Tensor input, ReadOnlySpan<long> dims, Func<long, long> shift)
    {
        var turned = Spectra.Dimensions(input, [], dims);
        return input.Roll([.. turned.Select(dim => shift(input.Size((int)dim)))], turned);
    }
}
