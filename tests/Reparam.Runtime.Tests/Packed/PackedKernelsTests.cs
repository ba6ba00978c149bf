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
    [InlineData("99999999999")]
    public void A_number_of_threads_below_one_is_refused_with_the_place_it_came_from(string requested)
    {
        var error = Assert.Throws<ArgumentException>(() => PackedKernels.ChooseThreads(requested, null));
        Assert.Equal($"REPARAM_THREADS is '{requested}'; expected a whole number of at least 1", error.Message);
        error = Assert.Throws<ArgumentException>(() => PackedKernels.ChooseThreads(null, requested));
        Assert.Equal($"the setting Reparam.Threads is '{requested}'; expected a whole number of at least 1", error.Message);
    }

    [Fact]
    public void The_variable_goes_before_the_setting_and_the_processors_bound_both()
    {
        Assert.Equal(1, PackedKernels.ChooseThreads(" 1 ", "100000"));
        Assert.Equal(1, PackedKernels.ChooseThreads("", "1"));
        Assert.Equal(1, PackedKernels.ChooseThreads(null, 1));
        Assert.Equal(Environment.ProcessorCount, PackedKernels.ChooseThreads(null, null));
        Assert.Equal(Environment.ProcessorCount, PackedKernels.ChooseThreads("100000", null));
    }

    [Fact]
    public void Threads_are_set_before_the_first_product_only()
    {
        PackedMatrix.Create(CodedMatrices.Random(1, 1, 1, 0)).Multiply([1], new float[1], 1);
        Assert.Throws<InvalidOperationException>(() => PackedKernels.Threads = 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => PackedKernels.Threads = 0);
    }
}
