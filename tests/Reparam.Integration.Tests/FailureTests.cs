namespace Reparam.Integration.Tests;

/// <summary>What goes wrong is told with a code and a file, and leaves nothing half-written.</summary>
public class FailureTests
{
    private const string Items = """<ItemGroup><ReparamCheckpoint Include="model.safetensors" /></ItemGroup>""";
    private const string Folder = "App/obj/Debug/net10.0/reparam/model";

    [Fact]
    public void The_workers_errors_and_warnings_are_the_builds()
    {
        using var sandbox = new Sandbox();
        sandbox.WriteApp("App", Items, Manifest.Root("Ns.Model"));
        sandbox.Write("App/model.safetensors", "warn");

        var build = sandbox.Run("build", "App").Succeeds();
        var warning = Assert.Single(build.Warnings, warning => warning.Code == "RPB0198");
        Assert.Equal("layer 'head' is all zero", warning.Text);
        Assert.Equal(sandbox.PathOf("App/model.safetensors"), warning.File);

        // The old output stays whole when its successor fails, and the failure is not taken for done.
        sandbox.Write("App/model.safetensors", "error");
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var failed = sandbox.Run("build", "App", "--no-restore").Fails();
            var error = Assert.Single(failed.Errors);
            Assert.Equal("RPB0199", error.Code);
            Assert.Equal(sandbox.PathOf("App/model.safetensors"), error.File);
            Assert.Equal("layer 'head' has no tensor 'head.weight'", error.Text);
            Assert.Equal(["model.plan.json", "model.reparam.safetensors", "model.report.json", "model.stamp"], sandbox.Files(Folder));
            Assert.Equal("Ns.Model warn", sandbox.Read($"{Folder}/model.reparam.safetensors"));
        }

        sandbox.Write("App/model.safetensors", "silent");
        var silent = sandbox.Run("build", "App", "--no-restore").Fails();
        Assert.Equal("RPB0012", Assert.Single(silent.Errors).Code);
        Assert.Contains("exit status 3 and without an error message", silent.Errors[0].Text, StringComparison.Ordinal);

        sandbox.Write("App/model.safetensors", "cut");
        var cut = sandbox.Run("build", "App", "--no-restore").Fails();
        Assert.Equal("RPB0012", Assert.Single(cut.Errors).Code);
        Assert.Contains("exit status 134 because a file that it read was changed, cut short or replaced", cut.Errors[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_that_writes_nothing_has_failed()
    {
        using var sandbox = new Sandbox();
        sandbox.WriteApp("App", Items, Manifest.Root("Ns.Model"));
        sandbox.Write("App/model.safetensors", "nothing");

        var failed = sandbox.Run("build", "App").Fails();

        Assert.Equal("RPB0012", Assert.Single(failed.Errors).Code);
        Assert.Equal(["model.plan.json"], sandbox.Files(Folder));
    }

    [Fact]
    public void Mistakes_in_items_are_all_told_at_once_with_their_project()
    {
        using var sandbox = new Sandbox();
        const string items = """
            <ItemGroup>
              <ReparamCheckpoint Include="model.safetensors" />
              <ReparamCheckpoint Include="model.safetensors" OutputName="a" Model="Ns.C" />
              <ReparamCheckpoint Include="model.safetensors" OutputName="b" Model="Ns.A" Bits="many" />
              <ReparamCheckpoint Include="absent.safetensors" OutputName="c" Model="Ns.A" />
              <ReparamCheckpoint Include="model.safetensors" OutputName="d" Model="Ns.A" Calibration="absent.safetensors" />
              <ReparamCheckpoint Include="model.safetensors" OutputName="e" Model="Ns.A" TargetBits="3" TargetSize="5MB" />
              <ReparamCheckpoint Include="model.safetensors" OutputName="c" Model="Ns.B" />
            </ItemGroup>
            """;
        sandbox.WriteApp("App", items, Manifest.Root("Ns.A"), Manifest.Root("Ns.B"));
        sandbox.Write("App/model.safetensors", "ok");

        var failed = sandbox.Run("build", "App").Fails();

        Assert.Equal(["RPB0002", "RPB0003", "RPB0005", "RPB0006", "RPB0010", "RPB0014", "RPB0015"], failed.ErrorCodes);
        Assert.All(failed.Errors, error => Assert.Equal(sandbox.PathOf("App/App.csproj"), error.File));
        Assert.Equal(0, failed.WorkerRuns);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_a_coded_error()
    {
        using var sandbox = new Sandbox();
        sandbox.WriteApp("App", Items, Manifest.Root("Ns.Model"));
        sandbox.Write("App/model.safetensors", "ok");

        // A place where nobody, not even root, makes folders.
        var failed = sandbox.Run("build", "App", "-p:ReparamIntermediateOutputPath=/proc/reparam/").Fails();
        var error = Assert.Single(failed.Errors);
        Assert.Equal("RPB0013", error.Code);
        Assert.Contains("/proc/reparam/model/model.plan.json", error.Text, StringComparison.Ordinal);

        Assert.Equal("RPB0013", Assert.Single(sandbox.Run("build", "App", "-p:ReparamTool=/absent/reparam.dll").Fails().Errors).Code);
        Assert.Equal("RPB0011", Assert.Single(sandbox.Run("build", "App", "--no-restore", "-p:ReparamRole=Server").Fails().ErrorCodes));
    }
}
