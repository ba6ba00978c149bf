using Microsoft.Build.Utilities;
using Reparam.Build.Stamps;
using Reparam.Build.Worker;

namespace Reparam.Build.Tests.Worker;

/// <summary>A file in the output folder goes only where the build copies there.</summary>
public sealed class RefreshReparamCopiesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("preservenewest", "codes", true)]
    [InlineData("preservenewest", "cod3s", false)]
    [InlineData("always", "cod3s", false)]
    [InlineData("never", "cod3s", true)]
    [InlineData("", "cod3s", true)]
    public void A_copy_is_removed_when_it_is_another_and_the_build_makes_a_new_one(string mode, string content, bool stays)
    {
        Directory.CreateDirectory(folder.PathOf("bin"));
        var packed = folder.Write("m.reparam.safetensors", "codes");
        var copy = folder.Write("bin/m.reparam.safetensors", content);
        new BuildStamp([FileGroup.Read(BuildStamp.Output, [packed])], File.GetLastWriteTimeUtc(packed)).Write(folder.PathOf("m.stamp"));
        var plan = new TaskItem(folder.PathOf("m.plan.json"));
        plan.SetMetadata("PackedFile", packed);
        plan.SetMetadata("Stamp", folder.PathOf("m.stamp"));
        plan.SetMetadata("CopyToOutput", mode);
        plan.SetMetadata("CopyToPublish", mode == "never" ? "always" : "never");
        var engine = new FakeEngine();
        Assert.True(new RefreshReparamCopies { BuildEngine = engine, Plans = [plan], Folder = folder.PathOf("bin"), Mode = "CopyToOutput" }.Execute());
        Assert.Empty(engine.Errors);
        Assert.Equal(stays, File.Exists(copy));
    }
}
