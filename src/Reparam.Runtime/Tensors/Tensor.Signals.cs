namespace Reparam.Runtime;

/// <content>Transforms of stretches of signals.</content>
public partial class Tensor
{
    /// <inheritdoc cref="Torch.Stft"/>
    [Counterpart("stft")]
    public Tensor Stft(
        long n_fft, long hop_length = -1, long win_length = -1, Tensor? window = null, bool center = true, PaddingModes pad_mode = PaddingModes.Reflect,
        bool normalized = false, bool? onesided = null, bool? return_complex = null) =>
        Torch.Stft(this, n_fft, hop_length, win_length, window, center, pad_mode, normalized, onesided, return_complex);

    /// <inheritdoc cref="Torch.Istft"/>
    [Counterpart("istft")]
    public Tensor Istft(
        long n_fft, long hop_length = -1, long win_length = -1, Tensor? window = null, bool center = true, bool normalized = false, bool? onesided = null,
        long length = -1, bool return_complex = false) =>
        Torch.Istft(this, n_fft, hop_length, win_length, window, center, normalized, onesided, length, return_complex);
}
