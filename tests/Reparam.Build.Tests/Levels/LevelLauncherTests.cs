using Reparam.Levels;

namespace Reparam.Build.Tests.Levels;

public class LevelLauncherTests
{
    [Theory]
    [InlineData(null, null, "V4")]
    [InlineData("", " ", "V4")]
    [InlineData("x86-64-v4", "avx512", "V4")]
    [InlineData("X86-64-V3 ", null, "V3")]
    [InlineData("x86-64", null, "Baseline")]
    [InlineData(null, "avx2", "V3")]
    [InlineData("x86-64", "avx2", "Baseline")]
    [InlineData(null, "Vector128", "Baseline")]
    [InlineData(null, "scalar", "Baseline")]
    [InlineData(null, "mmx", "V4")]
    public void The_environment_limits_the_level(string? level, string? isa, string expected) => Assert.Equal(expected, LevelLauncher.Limit(level, isa).ToString());

    [Fact]
    public void An_unknown_level_is_refused()
    {
        var exception = Assert.Throws<ArgumentException>(() => LevelLauncher.Limit("v3", null));
        Assert.Equal("REPARAM_LEVEL is 'v3'; expected x86-64, x86-64-v3 or x86-64-v4", exception.Message);
    }

    [Fact]
    public void Nothing_happens_to_a_program_without_levels()
    {
        Assert.Null(AppContext.GetData(LevelLauncher.LevelsSwitch));
        LevelLauncher.GiveWay();
    }

    /// <summary>The way of Windows, where a process cannot replace its image.</summary>
    [Fact]
    public void A_child_gives_its_status()
    {
        var (shell, option) = OperatingSystem.IsWindows() ? ("cmd.exe", "/c") : ("/bin/sh", "-c");
        Assert.Equal(7, LevelLauncher.Child(shell, [option, "exit 7"], out _));
        Assert.Null(LevelLauncher.Child(Path.Combine(Path.GetTempPath(), "no such program"), [], out var defect));
        Assert.StartsWith("does not start", defect, StringComparison.Ordinal);
    }
}
