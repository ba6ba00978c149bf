using System.Text;

namespace Reparam.Integration.Tests;

/// <summary><c>ReparamMerge</c> with the real worker.</summary>
public class MergeTests
{
    private const string Items = """
        <ItemGroup>
          <ReparamMerge Include="a.safetensors;b.safetensors" Method="ties" Base="base.safetensors" OutputName="merged" Density="0.5"
                        CopyToOutputDirectory="PreserveNewest" />
          <ReparamCheckpoint Include="merged" FromMerge="true" Bits="4" />
        </ItemGroup>
        """;

    private const string Merged = "App/bin/Debug/net10.0/merged.safetensors";
    private const string Packed = "App/bin/Debug/net10.0/merged.reparam.safetensors";

    [Fact]
    public void A_merge_is_made_before_the_checkpoint_that_comes_from_it_and_only_when_something_changed()
    {
        using var sandbox = new Sandbox("a b's (work) é");
        sandbox.WriteApp("App", Items, Manifest.Root("Ns.Model"));
        WriteAll(sandbox);

        var build = Build(sandbox);
        Assert.Equal(2, build.WorkerRuns);
        Assert.Contains("1 tensor (2,048 values) of 2 checkpoints merged by ties", build.Output);
        Assert.Contains("1 weight coded", build.Output);
        Assert.Equal(["head.weight"], SafetensorsFile.Names(sandbox.PathOf(Merged)));
        Assert.Contains("\\\"density\\\":[0.5,0.5]", Encoding.UTF8.GetString(File.ReadAllBytes(sandbox.PathOf(Merged))[..2000]), StringComparison.Ordinal);
        Assert.Equal(0, Build(sandbox).WorkerRuns);

        var before = File.ReadAllBytes(sandbox.PathOf(Packed));
        Write(sandbox, "b", 7);
        Assert.Equal(2, Build(sandbox).WorkerRuns);
        Assert.NotEqual(before, File.ReadAllBytes(sandbox.PathOf(Packed)));

        // A touched file costs a reading; the merge of what is the same is the same.
        File.SetLastWriteTimeUtc(sandbox.PathOf("App/base.safetensors"), DateTime.UtcNow.AddMinutes(-5));
        Assert.Equal(0, Build(sandbox).WorkerRuns);

        sandbox.Run("clean", "App").Succeeds();
        Assert.Empty(sandbox.Files("App/obj/Debug/net10.0/reparam"));
        Assert.False(sandbox.Exists(Merged));
    }

    [Fact]
    public void An_option_that_the_method_does_not_have_is_an_error_of_the_build()
    {
        using var sandbox = new Sandbox();
        sandbox.WriteApp("App", Items.Replace("Density", "Densty", StringComparison.Ordinal), Manifest.Root("Ns.Model"));
        WriteAll(sandbox);
        var error = Assert.Single(sandbox.Run("build", "App", $"-p:ReparamTool={Repository.Worker}").Fails().Errors);
        Assert.Equal("RPB0171", error.Code);
        Assert.Contains("ties has no option 'Densty' (did you mean density?)", error.Text, StringComparison.Ordinal);

        sandbox.WriteApp("App", Items.Replace("Include=\"merged\"", "Include=\"other\"", StringComparison.Ordinal), Manifest.Root("Ns.Model"));
        Assert.Equal(["RPB0031"], sandbox.Run("build", "App", $"-p:ReparamTool={Repository.Worker}").Fails().ErrorCodes);
    }

    private static BuildResult Build(Sandbox sandbox) => sandbox.Run("build", "App", $"-p:ReparamTool={Repository.Worker}").Succeeds();

    private static void WriteAll(Sandbox sandbox)
    {
        Write(sandbox, "base", 1);
        Write(sandbox, "a", 2);
        Write(sandbox, "b", 3);
    }

    private static void Write(Sandbox sandbox, string name, int seed) =>
        SafetensorsFile.Write(sandbox.PathOf($"App/{name}.safetensors"), ("head.weight", [32, 64], SafetensorsFile.Gaussian(2048, seed, 1)));
}
