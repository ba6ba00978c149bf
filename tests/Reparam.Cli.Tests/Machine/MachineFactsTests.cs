using Reparam.Cli.Machine;

namespace Reparam.Cli.Tests.Machine;

/// <summary>What is read from the operating system.</summary>
public sealed class MachineFactsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparam-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Caches_are_the_data_caches_of_the_first_processor()
    {
        Cache(0, "1", "Data", "48K");
        Cache(1, "1", "Instruction", "64K");
        Cache(2, "2", "Unified", "2048K");
        Cache(3, "3", "Unified", "32M");

        var caches = CacheSizes.Read(folder);

        Assert.Equal(new CacheSizes(48 << 10, 2 << 20, 32 << 20), caches);
        Assert.True(caches.ColdBytes > 4 * caches.Level3);
    }

    [Fact]
    public void Caches_that_nobody_tells_are_unknown_and_a_cold_rotation_is_large_all_the_same()
    {
        var caches = CacheSizes.Read(Path.Combine(folder, "none"));

        Assert.Equal(new CacheSizes(0, 0, 0), caches);
        Assert.True(caches.ColdBytes > 100 << 20);
    }

    [Theory]
    [InlineData("max 100000", null)]
    [InlineData("150000 100000", 1.5)]
    [InlineData("nonsense", null)]
    public void A_quota_of_the_second_version_is_a_number_of_processors(string text, double? expected)
    {
        File.WriteAllText(Path.Combine(folder, "cpu.max"), text + "\n");

        Assert.Equal(expected, ProcessorLimits.ReadQuota(folder));
    }

    [Theory]
    [InlineData("-1", null)]
    [InlineData("400000", 4.0)]
    public void A_quota_of_the_first_version_is_too(string text, double? expected)
    {
        Directory.CreateDirectory(Path.Combine(folder, "cpu"));
        File.WriteAllText(Path.Combine(folder, "cpu/cpu.cfs_quota_us"), text);
        File.WriteAllText(Path.Combine(folder, "cpu/cpu.cfs_period_us"), "100000");

        Assert.Equal(expected, ProcessorLimits.ReadQuota(folder));
    }

    [Fact]
    public void No_control_group_is_no_quota() => Assert.Null(ProcessorLimits.ReadQuota(folder));

    [Fact]
    public void Name_and_flags_are_those_of_the_first_processor()
    {
        var file = Path.Combine(folder, "cpuinfo");
        File.WriteAllText(file, "processor\t: 0\nmodel name\t: Some: CPU\nflags\t\t: fpu avx2 fma\n\nprocessor\t: 1\nmodel name\t: Another\n");

        var info = ProcessorInfo.Read(file);

        Assert.Equal("Some: CPU", info.Name);
        Assert.Equal(["avx2", "fma", "fpu"], info.Flags.Order());
    }

    [Fact]
    public void A_set_that_only_the_processor_has_is_switched_off()
    {
        var sets = InstructionSet.All(new HashSet<string> { "avx2", "fma", "avx512bw", "avx512vbmi", "avx_vnni", "asimd" });

        Assert.All(sets, set => Assert.NotEqual(set.Available, set.SwitchedOff));
    }

    [Fact]
    public void A_thread_is_bound_and_set_free_again()
    {
        if (CpuAffinity.Allowed() is not { } before)
        {
            Assert.False(CpuAffinity.Bind(0));
            return;
        }

        int[]? bound = null, free = null;
        var thread = new Thread(() =>
        {
            CpuAffinity.Bind(before[^1]);
            bound = CpuAffinity.Allowed();
            CpuAffinity.Bind(before);
            free = CpuAffinity.Allowed();
        });
        thread.Start();
        thread.Join();
        Assert.Equal([before[^1]], bound!);
        Assert.Equal(before, free!);
    }

    private void Cache(int index, string level, string type, string size)
    {
        var place = Directory.CreateDirectory(Path.Combine(folder, $"index{index}")).FullName;
        File.WriteAllText(Path.Combine(place, "level"), level + "\n");
        File.WriteAllText(Path.Combine(place, "type"), type + "\n");
        File.WriteAllText(Path.Combine(place, "size"), size + "\n");
    }
}
