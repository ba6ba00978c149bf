using Reparam.Runtime;
using TorchSharp;

namespace Reparam.Runtime.Tests.Parity;

public class FourierParityTests
{
    public static TheoryData<string> Names =>
        ["fft_", "ifft", "rfft", "irfft", "hfft", "ihfft", "fft2", "ifft2", "rfft2", "irfft2", "hfft2", "ihfft2", "fftn", "ifftn", "rfftn", "irfftn", "hfftn", "ihfftn"];

    [Theory]
    [MemberData(nameof(Names))]
    public void Transforms_agree(string name)
    {
        var isReal = name is "rfft" or "ihfft" or "rfft2" or "ihfft2" or "rfftn" or "ihfftn";
        foreach (var shape in new long[][] { [3, 8], [2, 15], [4, 7], [3, 2, 37], [2, 64], [1, 101], [5, 2, 12] })
        {
            var real = Pair.Floats(shape, seed: 3);
            var complex = Pair.Floats([.. shape, 2], seed: 4).Map(t => t.view_as_complex(), t => t.ViewAsComplex());
            foreach (var pair in isReal ? new[] { real, real.Map(t => t.to(torch.float64), t => t.Double()) } : [complex, real])
            {
                BothSides.Same("fft." + name, 2e-5, 2e-5, pair);
                foreach (var norm in new[] { FFTNormType.Forward, FFTNormType.Ortho })
                {
                    // No lengths and no dimensions, or the dimension's own.
                    object? none = char.IsDigit(name[^1]) || name[^1] == 'n' ? null : -1L;
                    BothSides.Same("fft." + name, 2e-5, 2e-5, pair, none, none, (TorchSharp.FFTNormType)(int)norm);
                }
            }
        }
    }

    [Theory]
    [InlineData("fft_")]
    [InlineData("ifft")]
    [InlineData("rfft")]
    [InlineData("irfft")]
    public void A_dimension_is_cut_or_filled(string name)
    {
        var pair = Pair.Floats([6, 4, 3], seed: 5);
        foreach (var length in new long[] { 1, 3, 5, 6, 9 })
        {
            BothSides.Same("fft." + name, 2e-5, 2e-5, pair, length, 0L);
            BothSides.Same("fft." + name, 2e-5, 2e-5, pair.Map(t => t.transpose(0, 2), t => t.Transpose(0, 2)), length, 1L);
        }
    }

    [Fact]
    public void Several_dimensions_are_cut_or_filled()
    {
        var pair = Pair.Floats([4, 6, 5], seed: 6);
        foreach (var name in new[] { "fftn", "rfftn", "irfftn", "fft2", "rfft2" })
        {
            BothSides.Same("fft." + name, 2e-5, 2e-5, pair, new long[] { 3, 7 }, new long[] { 0, 1 });
            BothSides.Same("fft." + name, 2e-5, 2e-5, pair, new long[] { 3, 8 });
        }
    }

    [Fact]
    public void Integers_count_as_single_precision() => BothSides.Same("fft.fft_", 2e-5, 2e-5, Pair.Integers([3, 10]));

    [Theory]
    [InlineData(8)]
    [InlineData(7)]
    public void Frequencies_and_shifts_agree(long size)
    {
        Compare.Same(torch.fft.fftfreq(size, 0.5), Fft.Fftfreq(size, 0.5), 1e-6);
        Compare.Same(torch.fft.rfftfreq(size), Fft.Rfftfreq(size), 1e-6);
        var pair = Pair.Floats([3, size]);
        foreach (var name in new[] { "fft.fftshift", "fft.ifftshift" })
        {
            BothSides.Same(name, 0, 0, pair);
            BothSides.Same(name, 0, 0, pair, new long[] { 1 });
        }
    }

    [Fact]
    public void What_has_no_transform_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Fft.Fft_(Torch.Zeros(3), 0));
        Assert.Throws<InvalidOperationException>(() => Fft.Rfft(Torch.Zeros(3, DType.ComplexFloat32)));
        Assert.Throws<InvalidOperationException>(() => Fft.Fft_(Torch.Zeros(3, DType.Float16)));
        Assert.Throws<ArgumentException>(() => Fft.Fftn(Torch.Zeros(3), [2, 2]));
    }
}
