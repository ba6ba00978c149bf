using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Fourier;

namespace Reparam.Runtime;

/// <content>Windows of signals, and transforms of their stretches.</content>
public static partial class Torch
{
    /// <summary>0.5 − 0.5·cos(2πi / N): [len].</summary>
    [Counterpart("hann_window")]
    public static Tensor HannWindow(long len, bool periodic = true, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Window(len, periodic, dtype, x => 0.5 - 0.5 * Math.Cos(2 * Math.PI * x));

    /// <summary>alpha − beta·cos(2πi / N): [len].</summary>
    [Counterpart("hamming_window")]
    public static Tensor HammingWindow(
        long len, bool periodic = true, float alpha = 0.54f, float beta = 0.46f, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Window(len, periodic, dtype, x => alpha - beta * Math.Cos(2 * Math.PI * x));

    /// <summary>0.42 − 0.5·cos(2πi / N) + 0.08·cos(4πi / N): [len].</summary>
    [Counterpart("blackman_window")]
    public static Tensor BlackmanWindow(long len, bool periodic = true, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Window(len, periodic, dtype, x => 0.42 - 0.5 * Math.Cos(2 * Math.PI * x) + 0.08 * Math.Cos(4 * Math.PI * x));

    /// <summary>A triangle, 1 − |2i / N − 1|: [len].</summary>
    [Counterpart("bartlett_window")]
    public static Tensor BartlettWindow(long len, bool periodic = true, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Window(len, periodic, dtype, x => 1 - Math.Abs(2 * x - 1));

    /// <summary>I₀(beta·√(1 − (2i / N − 1)²)) / I₀(beta): [len].</summary>
    [Counterpart("kaiser_window")]
    public static Tensor KaiserWindow(
        long len, bool periodic = true, float beta = 12, DType? dtype = null, Device? device = null, bool requires_grad = false) =>
        Window(len, periodic, dtype, x =>
            SpecialFunctions.BesselI0(beta * Math.Sqrt(Math.Max(0, 1 - (2 * x - 1) * (2 * x - 1)))) / SpecialFunctions.BesselI0(beta));

    /// <summary>Fourier transforms of stretches of signals that overlap.</summary>
    /// <param name="input">Signals [L] or [B, L].</param>
    /// <param name="n_fft">Length of a transform.</param>
    /// <param name="hop_length">Distance of neighbours; by default a quarter of <paramref name="n_fft"/>.</param>
    /// <param name="win_length">Length of the window, which stands in the middle; by default <paramref name="n_fft"/>.</param>
    /// <param name="window">[win_length]; null for ones.</param>
    /// <param name="center">Whether stretches are centred, the signal being padded by half a transform on both sides.</param>
    /// <param name="pad_mode">How it is padded.</param>
    /// <param name="normalized">Whether results are divided by the root of <paramref name="n_fft"/>.</param>
    /// <param name="onesided">Whether only the first half of the frequencies is given; by default for real signals.</param>
    /// <param name="return_complex">Whether results are complex; else pairs in a last dimension.</param>
    /// <returns>[(B,) frequencies, stretches], and (, 2).</returns>
    /// <exception cref="ArgumentException">The lengths do not fit.</exception>
    [Counterpart("stft")]
    public static Tensor Stft(
        Tensor input, long n_fft, long hop_length = -1, long win_length = -1, Tensor? window = null, bool center = true,
        PaddingModes pad_mode = PaddingModes.Reflect, bool normalized = false, bool? onesided = null, bool? return_complex = null) =>
        ShortTransforms.Forward(
            input, new ShortTransforms.Frames(n_fft, hop_length, win_length, window, center), pad_mode, normalized, onesided, return_complex);

    /// <summary>The signals whose stretches have these Fourier transforms: the inverse of <see cref="Stft"/>.</summary>
    /// <param name="input">[(B,) frequencies, stretches], complex, or pairs in a last dimension.</param>
    /// <param name="n_fft">Length of a transform.</param>
    /// <param name="hop_length">Distance of neighbours.</param>
    /// <param name="win_length">Length of the window.</param>
    /// <param name="window">[win_length]; null for ones.</param>
    /// <param name="center">Whether the stretches were centred.</param>
    /// <param name="normalized">Whether the transforms were divided by the root of <paramref name="n_fft"/>.</param>
    /// <param name="onesided">Whether only the first half of the frequencies is given; by default where there are as many.</param>
    /// <param name="length">Length of the signals; −1 for what the stretches cover.</param>
    /// <param name="return_complex">Whether the signals are complex.</param>
    /// <returns>[(B,) L].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or the windows leave out part of the signal.</exception>
    [Counterpart("istft")]
    public static Tensor Istft(
        Tensor input, long n_fft, long hop_length = -1, long win_length = -1, Tensor? window = null, bool center = true, bool normalized = false,
        bool? onesided = null, long length = -1, bool return_complex = false) =>
        ShortTransforms.Backward(
            input, new ShortTransforms.Frames(n_fft, hop_length, win_length, window, center), normalized, onesided, length, return_complex);

    // A function of the place in the window, from 0 to 1.
    private static Tensor Window(long length, bool periodic, DType? dtype, Func<double, double> value)
    {
        var type = dtype ?? GetDefaultDtype();
        var last = periodic ? length : length - 1;
        return length == 1 ? Ones([1], type) : Computed(length, i => value((double)i / last), type);
    }
}
