using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

public class SignalParityTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    public void Windows_agree(long length)
    {
        foreach (var periodic in new[] { true, false })
        {
            Compare.Same(torch.hann_window(length, periodic), Torch.HannWindow(length, periodic), 1e-6, 1e-6);
            Compare.Same(torch.hamming_window(length, periodic), Torch.HammingWindow(length, periodic), 1e-6, 1e-6);
            Compare.Same(torch.hamming_window(length, periodic, 0.6f, 0.3f), Torch.HammingWindow(length, periodic, 0.6f, 0.3f), 1e-6, 1e-6);
            Compare.Same(torch.blackman_window(length, periodic), Torch.BlackmanWindow(length, periodic), 1e-6, 1e-6);
            Compare.Same(torch.bartlett_window(length, periodic), Torch.BartlettWindow(length, periodic), 1e-6, 1e-6);
            Compare.Same(torch.kaiser_window(length, periodic, 8), Torch.KaiserWindow(length, periodic, 8), 1e-5, 1e-6);
            Compare.Same(torch.hann_window(length, periodic, torch.float64), Torch.HannWindow(length, periodic, DType.Float64), 1e-12, 1e-12);
        }
    }

    [Fact]
    public void Transforms_of_stretches_agree()
    {
        foreach (var shape in new long[][] { [100], [3, 77] })
        {
            var signal = Pair.Floats(shape, seed: 5);
            var window = Pair.Of([12], Pair.FloatValues(12, 6, ugly: false));
            Same(t => t.stft(16, return_complex: true), t => t.Stft(16, return_complex: true), signal);
            Same(t => t.stft(16, 5, 12, window.Theirs, return_complex: true), t => t.Stft(16, 5, 12, window.Ours, return_complex: true), signal);
            Same(
                t => t.stft(15, 4, center: false, normalized: true, onesided: false, return_complex: false),
                t => t.Stft(15, 4, center: false, normalized: true, onesided: false, return_complex: false), signal);
            Same(
                t => torch.stft(t, 16, 4, pad_mode: TorchSharp.PaddingModes.Constant, return_complex: true),
                t => Torch.Stft(t, 16, 4, pad_mode: PaddingModes.Constant, return_complex: true), signal);
        }
    }

    [Fact]
    public void Signals_come_back()
    {
        foreach (var shape in new long[][] { [96], [2, 96] })
        {
            var signal = Pair.Floats(shape, seed: 7);
            var window = new Pair(torch.hann_window(16), Torch.HannWindow(16));
            var spectrum = signal.Map(t => t.stft(16, 4, window: window.Theirs, return_complex: true), t => t.Stft(16, 4, window: window.Ours, return_complex: true));
            Same(t => t.istft(16, 4, window: window.Theirs), t => t.Istft(16, 4, window: window.Ours), spectrum);
            Same(t => t.istft(16, 4, window: window.Theirs, length: 90), t => t.Istft(16, 4, window: window.Ours, length: 90), spectrum);
            Compare.Same(signal.Theirs, spectrum.Ours.Istft(16, 4, window: window.Ours), 1e-5, 1e-5);
            var full = signal.Map(
                t => t.stft(16, 4, window: window.Theirs, normalized: true, onesided: false, return_complex: true),
                t => t.Stft(16, 4, window: window.Ours, normalized: true, onesided: false, return_complex: true));
            Same(
                t => t.istft(16, 4, window: window.Theirs, normalized: true, onesided: false),
                t => t.Istft(16, 4, window: window.Ours, normalized: true, onesided: false), full);
        }
    }

    [Fact]
    public void What_cannot_be_cut_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Torch.Zeros(100).Stft(16));
        Assert.Throws<ArgumentException>(() => Torch.Zeros(10).Stft(16, center: false, return_complex: true));
        Assert.Throws<ArgumentException>(() => Torch.Zeros(100).Stft(16, window: Torch.Ones(20), return_complex: true));
        Assert.Throws<ArgumentException>(() => Torch.Zeros([9, 5], DType.ComplexFloat32).Istft(16, 16, 2, Torch.Zeros(2)));
        Assert.Throws<ArgumentException>(() => Torch.Zeros([8, 5], DType.ComplexFloat32).Istft(16, onesided: true));
    }

    private static void Same(Func<torch.Tensor, torch.Tensor> theirs, Func<Tensor, Tensor> ours, Pair pair) =>
        Compare.Same(theirs(pair.Theirs), ours(pair.Ours), 2e-5, 2e-5);
}
