namespace Reparam.Runtime.Kernels.Fourier;

/// <summary>Fourier transforms of stretches of signals that overlap, and signals from them by adding the stretches (Griffin and Lim, 1984).</summary>
internal static class ShortTransforms
{
    // Less of all windows at a place than this, and the signal cannot be known there.
    private const double LeastEnvelope = 1e-11;

    /// <summary>[(B,) L] → [(B,) frequencies, stretches(, 2)].</summary>
    public static Tensor Forward(Tensor input, Frames frames, PaddingModes padMode, bool normalized, bool? onesided, bool? returnComplex)
    {
        if (input.Rank is not (1 or 2))
        {
            throw new ArgumentException($"stft takes signals [L] or [B, L], not {Layout.Describe(input.Shape)}.");
        }

        var isComplex = input.IsComplex() || frames.Window?.IsComplex() == true;
        if (returnComplex is null && !isComplex)
        {
            throw new ArgumentException("stft: say by return_complex whether the transforms of real signals are complex or pairs.");
        }

        var signals = input.Rank == 1 ? input.Unsqueeze(0) : input;
        signals = frames.Center
            ? Functional.Pad(signals.Unsqueeze(1), [frames.Length / 2, frames.Length / 2], padMode).Squeeze(1)
            : signals;
        if (signals.Shape[1] < frames.Length)
        {
            throw new ArgumentException($"stft: signals of {signals.Shape[1]} are shorter than a transform, {frames.Length}.");
        }

        var stretches = signals.Unfold(-1, frames.Length, frames.Hop).Mul(frames.Full(signals));
        var norm = normalized ? FFTNormType.Ortho : FFTNormType.Backward;
        var spectra = onesided ?? !isComplex ? Spectra.Half(stretches, -1, -1, norm) : Spectra.Along(stretches, -1, -1, norm, isBackward: false);
        spectra = spectra.Transpose(1, 2).Contiguous();
        spectra = input.Rank == 1 ? spectra.Squeeze(0) : spectra;
        return returnComplex ?? true ? spectra : spectra.ViewAsReal();
    }

    /// <summary>[(B,) frequencies, stretches(, 2)] → [(B,) L].</summary>
    public static Tensor Backward(Tensor input, Frames frames, bool normalized, bool? onesided, long length, bool returnComplex)
    {
        var spectra = input.IsComplex() ? input : input.Contiguous().ViewAsComplex();
        if (spectra.Rank is not (2 or 3))
        {
            throw new ArgumentException($"istft takes transforms [(B,) frequencies, stretches], not {Layout.Describe(input.Shape)}.");
        }

        var isBatch = spectra.Rank == 3;
        spectra = isBatch ? spectra : spectra.Unsqueeze(0);
        var isHalf = onesided ?? spectra.Shape[1] != frames.Length;
        var expected = isHalf ? frames.Length / 2 + 1 : frames.Length;
        if (spectra.Shape[1] != expected || (isHalf && returnComplex))
        {
            throw new ArgumentException(
                $"istft: {spectra.Shape[1]} frequencies, but a {(isHalf ? "one-sided" : "full")} transform of {frames.Length} has {expected}, and complex "
                    + "signals take a full one.");
        }

        spectra = spectra.Transpose(1, 2);
        var norm = normalized ? FFTNormType.Ortho : FFTNormType.Backward;
        var stretches = isHalf ? Spectra.FromHalf(spectra, frames.Length, -1, norm) : Spectra.Along(spectra, -1, -1, norm, isBackward: true);
        stretches = returnComplex || isHalf ? stretches : stretches.Real;

        var window = frames.Full(stretches);
        var covered = (stretches.Shape[1] - 1) * frames.Hop + frames.Length;
        var sums = Torch.Zeros([stretches.Shape[0], covered], stretches.Dtype);
        var envelope = Torch.Zeros([covered], window.Dtype);
        for (var i = 0; i < stretches.Shape[1]; i++)
        {
            sums.Narrow(1, i * frames.Hop, frames.Length).Add_(stretches.Select(1, i).Mul(window));
            envelope.Narrow(0, i * frames.Hop, frames.Length).Add_(window.Square());
        }

        var start = frames.Center ? frames.Length / 2 : 0;
        var end = length >= 0 ? start + length : frames.Center ? covered - frames.Length / 2 : covered;
        var known = Math.Min(end, covered) - start;
        (sums, envelope) = (sums.Narrow(1, start, known), envelope.Narrow(0, start, known));
        if (envelope.Abs().Lt(LeastEnvelope).Any().ToBoolean())
        {
            throw new ArgumentException("istft: the windows leave out part of the signal.");
        }

        var signals = sums.Div(envelope);
        signals = end > covered ? Functional.Pad(signals, [0, end - covered]) : signals;
        return isBatch ? signals : signals.Squeeze(0);
    }

    /// <summary>How a signal is cut into stretches.</summary>
    internal sealed class Frames
    {
        private readonly long windowLength;

        public Frames(long length, long hop, long windowLength, Tensor? window, bool center)
        {
            (Length, Hop, Window, Center) = (length, hop == -1 ? length / 4 : hop, window, center);
            this.windowLength = windowLength == -1 ? length : windowLength;
            if (length < 1 || Hop < 1 || this.windowLength < 1 || this.windowLength > length)
            {
                throw new ArgumentException($"Transforms of {length} every {Hop} with windows of {this.windowLength} are not possible.");
            }

            if (window is not null && (window.Rank != 1 || window.Shape[0] != this.windowLength))
            {
                throw new ArgumentException($"The window must have shape [{this.windowLength}], not {Layout.Describe(window.Shape)}.");
            }
        }

        public long Length { get; }

        public long Hop { get; }

        public Tensor? Window { get; }

        public bool Center { get; }

        /// <summary>The window with zeros on both sides, [length].</summary>
        public Tensor Full(Tensor like)
        {
            var window = Window ?? Torch.Ones([windowLength], ElementTypes.Real(like.Dtype));
            var left = (Length - windowLength) / 2;
            return windowLength == Length ? window : Functional.Pad(window, [left, Length - windowLength - left]);
        }
    }
}
