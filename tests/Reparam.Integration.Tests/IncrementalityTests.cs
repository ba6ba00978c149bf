namespace Reparam.Integration.Tests;

/// <summary>What starts the worker and what does not.</summary>
public class IncrementalityTests
{
    private const string Packed = "App/obj/Debug/net10.0/reparam/model/model.reparam.safetensors";
    private const string Copied = "App/bin/Debug/net10.0/model.reparam.safetensors";

    [Fact]
    public void Only_what_concerns_the_checkpoint_starts_the_worker()
    {
        using var sandbox = new Sandbox();
        sandbox.WriteApp("App", """<ItemGroup><ReparamCheckpoint Include="model.safetensors" /></ItemGroup>""", Manifest.Root("Ns.Model"));
        sandbox.Write("App/model.safetensors", "ok first");

        var build = sandbox.Run("build", "App").Succeeds();
        Assert.Equal(1, build.WorkerRuns);
        Assert.Contains("model.safetensors: [2/2] head", build.Messages);
        Assert.Contains("model.safetensors: 2 layers packed", build.Output);
        Assert.Equal("Ns.Model ok first", sandbox.Read(Copied));

        Assert.Equal(0, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);

        sandbox.Write("App/Program.cs", """System.Console.WriteLine("other code");""");
        Assert.Equal(0, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);

        sandbox.Write("App/model.safetensors", "ok second");
        Assert.Equal(1, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);
        Assert.Equal("Ns.Model ok second", sandbox.Read(Copied));

        sandbox.WriteManifests("App/Manifests.cs", Manifest.Root("Ns.Model", bits: 4));
        Assert.Equal(1, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);

        // A marked class that the model does not reach is none of the checkpoint's business.
        sandbox.WriteManifests("App/Manifests.cs", Manifest.Root("Ns.Model", bits: 4), Manifest.Child("Ns.Unused"));
        Assert.Equal(0, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);

        File.Delete(sandbox.PathOf(Packed));
        Assert.Equal(1, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);
    }

    [Fact]
    public void Prepacked_weights_lie_beside_the_packed_file_and_are_made_again_when_they_are_gone()
    {
        using var sandbox = new Sandbox();
        const string items = """<ItemGroup><ReparamCheckpoint Include="model.safetensors" RuntimeLayout="AVX512; avx2" /><ReparamCheckpoint Include="other.safetensors" /></ItemGroup>""";
        sandbox.WriteApp("App", items, Manifest.Root("Ns.Model"));
        sandbox.Write("App/model.safetensors", "ok first");
        sandbox.Write("App/other.safetensors", "ok other");

        Assert.Equal(2, sandbox.Run("build", "App").Succeeds().WorkerRuns);
        Assert.Equal("avx512 of ok first", sandbox.Read("App/bin/Debug/net10.0/model.reparam.avx512"));
        Assert.Equal("avx2 of ok first", sandbox.Read("App/bin/Debug/net10.0/model.reparam.avx2"));
        Assert.False(File.Exists(sandbox.PathOf("App/bin/Debug/net10.0/model.reparam.vector128")));
        Assert.False(File.Exists(sandbox.PathOf("App/bin/Debug/net10.0/other.reparam.avx512")));

        Assert.Equal(0, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);
        File.Delete(sandbox.PathOf("App/obj/Debug/net10.0/reparam/model/model.reparam.avx2"));
        Assert.Equal(1, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);
    }

    [Fact]
    public void Metadata_overrides_and_names_the_output()
    {
        using var sandbox = new Sandbox();
        const string items = """<ItemGroup><ReparamCheckpoint Include="model.safetensors" Model="Ns.B" Bits="2" OutputName="small" /></ItemGroup>""";
        sandbox.WriteApp("App", items, Manifest.Root("Ns.A"), Manifest.Root("Ns.B"));
        sandbox.Write("App/model.safetensors", "ok");

        Assert.Equal(1, sandbox.Run("build", "App").Succeeds().WorkerRuns);
        Assert.Equal("Ns.B bits=2 ok", sandbox.Read("App/bin/Debug/net10.0/small.reparam.safetensors"));

        // The same checkpoint at two widths; the first keeps its output.
        sandbox.WriteApp("App", items + """<ItemGroup><ReparamCheckpoint Include="model.safetensors" Model="Ns.B" Bits="4" /></ItemGroup>""", Manifest.Root("Ns.A"), Manifest.Root("Ns.B"));
        Assert.Equal(1, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);
        Assert.Equal("Ns.B bits=4 ok", sandbox.Read("App/bin/Debug/net10.0/model.reparam.safetensors"));
        Assert.Equal("Ns.B bits=2 ok", sandbox.Read("App/bin/Debug/net10.0/small.reparam.safetensors"));

        sandbox.WriteApp("App", items.Replace("Bits=\"2\"", "Bits=\"3\"", StringComparison.Ordinal), Manifest.Root("Ns.A"), Manifest.Root("Ns.B"));
        Assert.Equal(1, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);
        Assert.Equal("Ns.B bits=3 ok", sandbox.Read("App/bin/Debug/net10.0/small.reparam.safetensors"));
        Assert.False(sandbox.Exists("App/bin/Debug/net10.0/model.reparam.safetensors"), "An output whose item is gone stays behind.");
    }

    [Fact]
    public void Another_calibration_or_another_budget_starts_it()
    {
        using var sandbox = new Sandbox("a folder with spaces");
        const string items = """
            <ItemGroup>
              <ReparamCheckpoint Include="model.safetensors" Calibration="../data/model.calibration.safetensors" Layout="Nested" Quality="fast" TargetBits="3.5" AllocationCost="output" />
            </ItemGroup>
            """;
        sandbox.WriteApp("App", items, Manifest.Root("Ns.Model"));
        sandbox.Write("App/model.safetensors", "ok");
        var missing = Assert.Single(sandbox.Run("build", "App").Fails().Errors);
        Assert.Equal("RPB0014", missing.Code);
        Assert.Contains(sandbox.PathOf("data/model.calibration.safetensors"), missing.Text, StringComparison.Ordinal);

        sandbox.Write("data/model.calibration.safetensors", "1");
        var build = sandbox.Run("build", "App", "--no-restore").Succeeds();
        Assert.Equal(1, build.WorkerRuns);
        Assert.Contains("model.safetensors: plan for 3.5 bits a weight", build.Output);
        Assert.Equal("Ns.Model layout=Nested quality=fast targetBits=3.5 allocationCost=output ok", sandbox.Read(Copied));
        Assert.True(sandbox.Exists("App/obj/Debug/net10.0/reparam/model/model.allocation.json"));
        Assert.Equal(0, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);

        // Touched alone, it is the same; replaced by an older one, it is another.
        File.SetLastWriteTimeUtc(sandbox.PathOf("data/model.calibration.safetensors"), DateTime.UtcNow);
        Assert.Equal(0, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);
        sandbox.Write("data/model.calibration.safetensors", "2");
        File.SetLastWriteTimeUtc(sandbox.PathOf("data/model.calibration.safetensors"), DateTime.UtcNow.AddDays(-2));
        Assert.Equal(1, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);
        Assert.Equal(0, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);

        sandbox.WriteApp("App", items.Replace("TargetBits=\"3.5\"", "TargetSize=\"1.5KiB\"", StringComparison.Ordinal), Manifest.Root("Ns.Model"));
        Assert.Equal(1, sandbox.Run("build", "App", "--no-restore").Succeeds().WorkerRuns);
        Assert.Equal("Ns.Model layout=Nested quality=fast targetSize=1536 allocationCost=output ok", sandbox.Read(Copied));
    }

    [Fact]
    public void Another_shard_or_another_worker_starts_it()
    {
        using var sandbox = new Sandbox("a folder with spaces (ünïcode)");
        var tool = sandbox.PathOf("tool/Reparam.FakeWorker.dll");
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(Repository.FakeWorker)!, "Reparam.FakeWorker.*"))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(tool)!);
            File.Copy(file, Path.Combine(Path.GetDirectoryName(tool)!, Path.GetFileName(file)));
        }

        sandbox.WriteApp("App", """<ItemGroup><ReparamCheckpoint Include="../data/model.safetensors.index.json" /></ItemGroup>""", Manifest.Root("Ns.Model"));
        sandbox.Write("data/model.safetensors.index.json", """{ "weight_map": { "a": "model-1.safetensors", "b": "model-2.safetensors", "c": "model-1.safetensors" } }""");
        sandbox.Write("data/model-1.safetensors", "1");
        sandbox.Write("data/model-2.safetensors", "2");
        BuildResult Build() => sandbox.Run("build", "App", $"-p:ReparamTool={tool}").Succeeds();

        Assert.Equal(1, Build().WorkerRuns);
        Assert.True(sandbox.Exists(Copied));
        Assert.Equal(0, Build().WorkerRuns);

        // Touched, both are the same.
        File.SetLastWriteTimeUtc(sandbox.PathOf("data/model-2.safetensors"), DateTime.UtcNow);
        File.SetLastWriteTimeUtc(tool, DateTime.UtcNow);
        Assert.Equal(0, Build().WorkerRuns);

        sandbox.Write("data/model-2.safetensors", "3");
        Assert.Equal(1, Build().WorkerRuns);

        File.Copy(Repository.Annotations, sandbox.PathOf("tool/Further.dll"));
        Assert.Equal(1, Build().WorkerRuns);

        File.Delete(sandbox.PathOf("data/model-1.safetensors"));
        var failed = sandbox.Run("build", "App", $"-p:ReparamTool={tool}").Fails();
        Assert.Equal("RPB0005", Assert.Single(failed.Errors).Code);
        Assert.Contains("model-1.safetensors", failed.Errors[0].Text, StringComparison.Ordinal);
    }
}
