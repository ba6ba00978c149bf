using Reparam.Runtime.Packed;

namespace Reparam.Runtime.Tests.Packed;

public class PackedKernelsTests
{
    [Fact]
    public void Scalar_and_portable_vectors_run_everywhere()
    {
        Assert.True(PackedKernels.IsSupported(KernelPath.Scalar));
        Assert.True(PackedKernels.IsSupported(KernelPath.Vector128));
        Assert.False(PackedKernels.IsSupported((KernelPath)99));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Without_a_request_the_best_supported_path_is_chosen(string? requested) =>
        Assert.Equal(KernelCases.SupportedPaths.Max(), PackedKernels.Choose(requested));

    [Theory]
    [InlineData("scalar", KernelPath.Scalar)]
    [InlineData("Vector128", KernelPath.Vector128)]
    [InlineData(" vector128 ", KernelPath.Vector128)]
    public void A_request_by_name_is_followed(string requested, KernelPath expected) =>
        Assert.Equal(expected, PackedKernels.Choose(requested));

    [Fact]
    public void A_request_for_an_x86_path_is_followed_or_refused_as_unsupported()
    {
        foreach (var (name, path) in new[] { ("avx2", KernelPath.Avx2), ("avx512", KernelPath.Avx512) })
        {
            if (PackedKernels.IsSupported(path))
            {
                Assert.Equal(path, PackedKernels.Choose(name));
            }
            else
            {
                Assert.Throws<PlatformNotSupportedException>(() => PackedKernels.Choose(name));
                Assert.Throws<PlatformNotSupportedException>(() => PackedMatrix.Create(CodedMatrices.Random(1, 1, 1, 0), path));
            }
        }
    }

    [Fact]
    public void An_unknown_request_names_the_variable_the_value_and_the_choices()
    {
        var error = Assert.Throws<ArgumentException>(() => PackedKernels.Choose("sse9"));
        Assert.Equal("REPARAM_ISA is 'sse9'; expected avx512, avx2, vector128 or scalar", error.Message);
    }

    [Theory]
    [InlineData(null, KernelPrecision.Default)]
    [InlineData("default", KernelPrecision.Default)]
    [InlineData("Exact", KernelPrecision.Exact)]
    [InlineData(" fast ", KernelPrecision.Fast)]
    public void A_precision_by_name_is_followed(string? requested, KernelPrecision expected) =>
        Assert.Equal(expected, PackedKernels.ParsePrecision(requested));

    [Fact]
    public void An_unknown_precision_names_the_variable_the_value_and_the_choices()
    {
        var error = Assert.Throws<ArgumentException>(() => PackedKernels.ParsePrecision("int4"));
        Assert.Equal("REPARAM_PRECISION is 'int4'; expected default, exact or fast", error.Message);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("two")]
    public void A_number_of_threads_below_one_is_refused(string requested) =>
        Assert.Contains("REPARAM_THREADS", Assert.Throws<ArgumentException>(() => PackedKernels.ParseThreads(requested)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_number_of_threads_is_bounded_by_the_processors()
    {
        Assert.Equal(1, PackedKernels.ParseThreads("1"));
        Assert.Equal(Environment.ProcessorCount, PackedKernels.ParseThreads(null));
        Assert.Equal(Environment.ProcessorCount, PackedKernels.ParseThreads("100000"));
    }
}
