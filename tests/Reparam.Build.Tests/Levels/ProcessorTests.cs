using System.Runtime.Intrinsics.X86;
using Reparam.Levels;

namespace Reparam.Build.Tests.Levels;

public class ProcessorTests
{
    // The JIT asks the same processor on its own, and leaves out what the environment switched off: then there is nothing to compare.
    private static readonly bool Masked = Environment.GetEnvironmentVariables().Keys.Cast<string>().Any(name => name.StartsWith("DOTNET_Enable", StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void The_level_is_what_the_jit_finds()
    {
        if (Masked || !(OperatingSystem.IsLinux() || OperatingSystem.IsWindows()))
        {
            return;
        }

        var third = Avx2.IsSupported && Bmi1.IsSupported && Bmi2.IsSupported && Fma.IsSupported && Lzcnt.IsSupported && Popcnt.IsSupported;
        var fourth = third && Avx512F.VL.IsSupported && Avx512BW.VL.IsSupported && Avx512CD.VL.IsSupported && Avx512DQ.VL.IsSupported;
        Assert.Equal(fourth ? ProcessorLevel.V4 : third ? ProcessorLevel.V3 : ProcessorLevel.Baseline, Processor.Level());
    }

    [Theory]
    [InlineData("flags\t\t: fpu sse4_2 avx fma avx2 bmi2 avx512f avx512dq", "V4")]
    [InlineData("flags\t\t: fpu sse4_2 avx fma avx2 bmi2", "V3")]
    [InlineData("flags\t\t: fpu sse4_2 avx2x", "Baseline")]
    [InlineData("vmx flags\t: avx2 avx512f", "Baseline")]
    [InlineData("", "Baseline")]
    public void A_kernel_that_does_not_save_the_registers_lowers_the_level(string flags, string expected)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, $"processor\t: 0\nmodel name\t: Some CPU @ avx2 avx512f\n{flags}\nbugs\t\t: none\n\nprocessor\t: 1\nflags\t\t: avx2 avx512f\n");
        if (flags.Length == 0 || flags.StartsWith("vmx", StringComparison.Ordinal))
        {
            File.WriteAllText(file, $"processor\t: 0\n{flags}\n");
        }

        Assert.Equal(expected, Processor.LevelOfRegistersOnLinux(file).ToString());
        File.Delete(file);
        Assert.Equal(ProcessorLevel.Baseline, Processor.LevelOfRegistersOnLinux(file));
    }
}
