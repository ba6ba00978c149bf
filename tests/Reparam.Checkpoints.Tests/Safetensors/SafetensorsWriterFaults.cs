using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Tests.Safetensors;

/// <summary>A write happens wholly or not at all.</summary>
public sealed class SafetensorsWriterFaults : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_source_that_fails_leaves_no_file()
    {
        var writer = One((stream, _) =>
        {
            stream.Write(new byte[4]);
            throw new InvalidOperationException("source");
        });
        Assert.Throws<InvalidOperationException>(() => writer.Write(folder.File("a.safetensors")));
        Assert.Empty(folder.Names());
    }

    [Fact]
    public void A_source_that_fails_leaves_an_existing_file_unharmed()
    {
        File.WriteAllText(folder.File("a.safetensors"), "before");
        var writer = One((_, _) => throw new IOException("the disk is gone"));
        var exception = Assert.Throws<CheckpointException>(() => writer.Write(folder.File("a.safetensors")));
        Assert.Equal(CheckpointRule.Writable, exception.Rule);
        Assert.Contains("the disk is gone", exception.Message);
        Assert.Equal("before", File.ReadAllText(folder.File("a.safetensors")));
        Assert.Equal(["a.safetensors"], folder.Names());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(9)]
    public void A_source_of_another_length_is_refused(int length)
    {
        var writer = One((stream, _) => stream.Write(new byte[length], 0, length));
        var exception = Assert.Throws<CheckpointException>(() => writer.Write(folder.File("a.safetensors")));
        Assert.Equal(CheckpointRule.DataSource, exception.Rule);
        Assert.Equal("w", exception.Tensor);
        Assert.Empty(folder.Names());
    }

    [Fact]
    public void Cancelling_leaves_no_file()
    {
        using var cancellation = new CancellationTokenSource();
        var writer = One((stream, _) =>
        {
            stream.Write(new byte[8]);
            cancellation.Cancel();
        });
        File.WriteAllText(folder.File("a.safetensors"), "before");
        Assert.Throws<OperationCanceledException>(() => writer.Write(folder.File("a.safetensors"), cancellation.Token));
        Assert.Equal("before", File.ReadAllText(folder.File("a.safetensors")));
        Assert.Equal(["a.safetensors"], folder.Names());
    }

    [Fact]
    public void An_existing_file_is_replaced_and_open_readers_keep_the_old_one()
    {
        var path = folder.File("a.safetensors");
        var first = new SafetensorsWriter();
        first.Add<float>("w", [1], new[] { 1f });
        first.Write(path);
        using var reader = SafetensorsFile.Open(path);
        var second = new SafetensorsWriter();
        second.Add<float>("w", [1], new[] { 2f });
        second.Write(path);
        Assert.Equal([1f], reader.ReadSingles("w"));
        using var again = SafetensorsFile.Open(path);
        Assert.Equal([2f], again.ReadSingles("w"));
        Assert.Equal(["a.safetensors"], folder.Names());
    }

    [Theory]
    [InlineData("file/a.safetensors")]
    [InlineData("absent/a.safetensors")]
    [InlineData("folder")]
    [InlineData("a\0b")]
    public void A_place_that_cannot_be_written_is_named(string name)
    {
        File.WriteAllText(folder.File("file"), "");
        Directory.CreateDirectory(folder.File("folder"));
        var exception = Assert.Throws<CheckpointException>(() => One((stream, _) => stream.Write(new byte[8])).Write(folder.File(name)));
        Assert.Equal(CheckpointRule.Writable, exception.Rule);
        Assert.Equal(folder.File(name), exception.File);
        Assert.Equal(["file", "folder"], folder.Names());
    }

    [Fact]
    public void What_a_killed_writer_left_is_removed_and_what_is_being_written_stays()
    {
        var path = folder.File("a.safetensors");
        File.WriteAllText(folder.File(".a.safetensors.00000000deadbeef.reparam-unfinished"), "half");
        File.WriteAllText(folder.File(".b.safetensors.00000000deadbeef.reparam-unfinished"), "half");
        File.SetLastWriteTimeUtc(folder.File(".a.safetensors.00000000deadbeef.reparam-unfinished"), DateTime.UtcNow.AddMinutes(-1));
        File.SetLastWriteTimeUtc(folder.File(".b.safetensors.00000000deadbeef.reparam-unfinished"), DateTime.UtcNow.AddMinutes(-1));
        using (var busy = new AtomicFile(path))
        {
            busy.Stream.WriteByte(1);
            busy.Complete();
            File.SetLastWriteTimeUtc(folder.Path + "/" + folder.Names().Single(name => name.StartsWith(".a.") && !name.Contains("deadbeef")), DateTime.UtcNow.AddMinutes(-1));
            One((stream, _) => stream.Write(new byte[8])).Write(path);
            Assert.Equal(3, folder.Names().Length);
            Assert.DoesNotContain(".a.safetensors.00000000deadbeef.reparam-unfinished", folder.Names());
        }

        Assert.Equal([".b.safetensors.00000000deadbeef.reparam-unfinished", "a.safetensors"], folder.Names());
    }

    [Fact]
    public void Writers_to_the_same_place_do_not_disturb_each_other()
    {
        var path = folder.File("a.safetensors");
        Parallel.For(0, 120, new ParallelOptions { MaxDegreeOfParallelism = 8 }, run =>
        {
            var writer = new SafetensorsWriter();
            writer.Add<int>("w", [1000], Enumerable.Repeat(run, 1000).ToArray());
            writer.Write(path);
            using var file = SafetensorsFile.Open(path);
            Assert.Single(file.ReadArray<int>("w").Distinct());
        });
        Assert.Equal(["a.safetensors"], folder.Names());
    }

    [Fact]
    public void Names_that_cannot_be_stored_are_refused_when_added()
    {
        var writer = One((_, _) => { });
        Assert.Throws<ArgumentException>(() => writer.Add<float>("w", [1], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add<float>("__metadata__", [1], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add<float>("\ud800", [1], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.SetMetadata("k", "\udc00"));
        Assert.Throws<ArgumentException>(() => writer.Add<float>("v", [2], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add<float>("v", [-1], new float[1]));
        Assert.Throws<ArgumentException>(() => writer.Add<char>("v", [1], new char[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("v", DType.F4, [1], new byte[1]));
        Assert.Throws<ArgumentException>(() => writer.Add("v", DType.F64, [long.MaxValue], (_, _) => { }));
        Assert.Equal(1, writer.Count);
    }

    private static SafetensorsWriter One(TensorSource source)
    {
        var writer = new SafetensorsWriter();
        writer.Add("w", DType.F32, [2], source);
        return writer;
    }
}
