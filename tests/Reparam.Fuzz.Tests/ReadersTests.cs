namespace Reparam.Fuzz.Tests;

/// <summary>A bounded run of the fuzzer, the same on every machine; docs/testing.md tells how to run a longer one.</summary>
public sealed class ReadersTests : IDisposable
{
    private const int Runs = 1500;
    private const long MemoryLimit = 200_000_000;

    private readonly string folder = Directory.CreateTempSubdirectory("reparam-fuzz-").FullName;

    public static TheoryData<string> Names => [.. AllReaders.Names];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_broken_file_gives_a_documented_exception_in_bounded_memory(string name)
    {
        var result = FuzzDriver.Run(AllReaders.Create(name, folder), folder, new FuzzSettings(Seed: 1, First: 0, Runs, MemoryLimit, Out: null));

        Assert.Empty(result.Failures.Values.Select(found => $"dotnet run --project tests/Reparam.Fuzz -c Release -- --reader {name} --seed 1 --first {found.Run} --runs 1\n{found.Failure.Detail}"));

        // Some files must get through and some must not, or nothing was tried.
        Assert.Equal(Runs, result.Runs);
        Assert.True(result.Outcomes.GetValueOrDefault("read") > 0, string.Join(", ", result.Outcomes));
    }

    [Fact]
    public void A_run_gives_the_same_file_again()
    {
        var reader = AllReaders.Create("plan", folder);
        Assert.Equal(FuzzDriver.FileOf(reader, 1, 17), FuzzDriver.FileOf(reader, 1, 17));
        Assert.NotEqual(FuzzDriver.FileOf(reader, 1, 17), FuzzDriver.FileOf(reader, 1, 18));
    }

    [Fact]
    public void An_exception_that_is_not_documented_is_a_failure_that_names_its_place()
    {
        var result = FuzzDriver.Run(new BrokenReader(), folder, new FuzzSettings(Seed: 1, First: 0, 50, MemoryLimit, Out: folder));
        var (failure, run) = Assert.Single(result.Failures.Values);
        Assert.Equal("NullReferenceException", failure.Kind);
        Assert.Equal(FuzzDriver.FileOf(new BrokenReader(), 1, run), File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder, "broken--NullReferenceException_at_*"))));
    }
}
