using Reparam.Build.Stamps;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Cli.Commands;
using Reparam.Compression;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd;

namespace Reparam.Cli.Tests;

/// <summary>What changes while the worker reads it is noticed before anything is in its place.</summary>
public sealed class BuildInputsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparam-inputs-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Unchanged_inputs_are_recorded_with_their_hashes()
    {
        var watched = Watch();
        var groups = watched.Confirm(Hash(), CancellationToken.None);
        Assert.Equal([BuildStamp.Plan, BuildStamp.Checkpoint, BuildStamp.Calibration, BuildStamp.Tool], groups.Select(group => group.Name));
        Assert.Equal(FileGroup.HashOf([In("m.safetensors")]), groups[1].Hash);
    }

    [Theory]
    [InlineData("in place")]
    [InlineData("in place and back")]
    [InlineData("replaced")]
    [InlineData("cut")]
    [InlineData("gone")]
    [InlineData("calibration")]
    [InlineData("link")]
    public void A_change_meanwhile_is_an_error(string change)
    {
        if (change == "link" && OperatingSystem.IsWindows())
        {
            return;
        }

        var watched = Watch(linked: change == "link");
        var (file, hash) = (In(change == "calibration" ? "c.safetensors" : "m.safetensors"), Hash());
        var (time, bytes) = (File.GetLastWriteTimeUtc(file), File.ReadAllBytes(file));
        bytes[^1] ^= 1;
        switch (change)
        {
            case "replaced":
                File.WriteAllBytes(In("other"), bytes);
                File.Move(In("other"), file, overwrite: true);
                break;
            case "cut":
                File.WriteAllBytes(file, bytes[..^1]);
                break;
            case "gone":
                File.Delete(file);
                break;
            case "link":
                File.WriteAllBytes(In("other"), bytes);
                File.Delete(file);
                File.CreateSymbolicLink(file, In("other"));
                break;
            default:
                File.WriteAllBytes(file, bytes);
                break;
        }

        if (change == "in place and back")
        {
            bytes[^1] ^= 1;
            File.WriteAllBytes(file, bytes);
        }

        if (change != "gone")
        {
            File.SetLastWriteTimeUtc(file, time);
        }

        var exception = Assert.Throws<CompressionException>(() => watched.Confirm(hash, CancellationToken.None));
        Assert.Equal("RPB0150", Assert.Single(exception.Problems).Diagnostic.Id);
        Assert.Equal(file, exception.File);
    }

    [Fact]
    public void What_was_coded_must_be_what_is_there()
    {
        var watched = Watch();
        Assert.Throws<CompressionException>(() => watched.Confirm(new string('0', 64), CancellationToken.None));
    }

    [Fact]
    public void A_refusal_before_the_file_is_in_its_place_keeps_the_old_one()
    {
        WriteFiles();
        using var checkpoint = Checkpoint.Open(In("m.safetensors"));
        File.WriteAllText(In("p.safetensors"), "old");
        string? told = null;
        var settings = new CompressionSettings
        {
            BeforeCommit = hash =>
            {
                told = hash;
                throw new CompressionException("m", CompressionDiagnostics.InputChanged.With("checkpoint"));
            },
        };
        Assert.Throws<CompressionException>(() => CheckpointCompressor.Compress(checkpoint, [new LayerPlan("w.weight", new ShiftAddAttribute(2))], In("p.safetensors"), settings));
        Assert.Equal(Hash(), told);
        Assert.Equal("old", File.ReadAllText(In("p.safetensors")));
        Assert.Equal(["c.safetensors", "m.safetensors", "p.safetensors", "plan.json"], Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private string In(string file) => Path.Combine(folder, file);

    private string Hash() => FileGroup.HashOf([In("m.safetensors")]);

    private void WriteFiles()
    {
        foreach (var file in (string[])["m.safetensors", "c.safetensors"])
        {
            var writer = new SafetensorsWriter();
            writer.Add<float>("w.weight", [8, 16], Enumerable.Range(0, 128).Select(i => (float)Math.Sin(i)).ToArray());
            writer.Write(In(file));
        }

        File.WriteAllText(In("plan.json"), "{}");
    }

    private BuildInputs Watch(bool linked = false)
    {
        WriteFiles();
        if (linked)
        {
            File.Move(In("m.safetensors"), In("target"));
            File.CreateSymbolicLink(In("m.safetensors"), In("target"));
        }

        var plan = new BuildPlan { Version = 1, Checkpoint = In("m.safetensors"), Calibration = In("c.safetensors"), Output = In("o"), Model = "M", Manifests = new Dictionary<string, ModuleManifest>() };
        return BuildInputs.Watch(In("plan.json"), plan, CancellationToken.None);
    }
}
