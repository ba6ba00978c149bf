using Reparam.Build.Manifests;

namespace Reparam.Build.Tests.Manifests;

public class ManifestReaderTests
{
    [Fact]
    public void Manifests_are_read_from_the_assembly()
    {
        using var folder = new TemporaryFolder();
        var rootJson = ManifestAssembly.Json(root: true, ("blocks.*", "Ns.Blöck"));
        var path = ManifestAssembly.Write(folder.PathOf("Model.dll"), ("Ns.Model", rootJson), ("Ns.Blöck", ManifestAssembly.Json()));

        var manifests = ManifestReader.Read(path);

        Assert.Equal(["Ns.Model", "Ns.Blöck"], manifests.Select(manifest => manifest.Module));
        Assert.Equal(rootJson, manifests[0].Json);
        Assert.True(manifests[0].IsRoot);
        Assert.False(manifests[1].IsRoot);
        Assert.Equal([KeyValuePair.Create("blocks.*", "Ns.Blöck")], manifests[0].Children);
    }

    [Fact]
    public void The_file_is_not_held()
    {
        using var folder = new TemporaryFolder();
        var path = ManifestAssembly.Write(folder.PathOf("Model.dll"), ("Ns.Model", ManifestAssembly.Json()));
        ManifestReader.Read(path);
        using var exclusive = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    }

    [Fact]
    public void An_assembly_without_manifests_has_none() => Assert.Empty(ManifestReader.Read(typeof(ManifestReaderTests).Assembly.Location));

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "not an object")]
    [InlineData("{}", "\"version\"")]
    [InlineData("""{ "version": 2 }""", "version is 2")]
    [InlineData("""{ "version": "1" }""", "version is \"1\"")]
    [InlineData("""{ "version": 1 } 2""", "not JSON")]
    [InlineData("""{ "version": 1, "children": {} }""", "not an array")]
    [InlineData("""{ "version": 1, "children": [ null ] }""", "lacks")]
    [InlineData("""{ "version": 1, "children": [ { "path": "\ud800", "module": "Ns.Block" } ] }""", "cannot be read")]
    [InlineData("""{ "version": 1, "folded": {} }""", "\"folded\" lacks")]
    [InlineData("""{ "version": 1, "children": [ { "path": "a" } ] }""", "lacks")]
    public void A_manifest_of_another_form_is_refused(string json, string reason)
    {
        using var folder = new TemporaryFolder();
        var path = ManifestAssembly.Write(folder.PathOf("Model.dll"), ("Ns.Model", json));

        var error = Assert.Throws<BuildErrorException>(() => ManifestReader.Read(path));

        Assert.Equal("RPB0008", error.Code);
        Assert.Contains("Ns.Model", error.Message, StringComparison.Ordinal);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_assembly_is_refused_whatever_the_metadata_reader_makes_of_it()
    {
        using var folder = new TemporaryFolder();
        var path = ManifestAssembly.Write(folder.PathOf("Model.dll"), ("Ns.Model", ManifestAssembly.Json()));
        var good = File.ReadAllBytes(path);
        var refused = 0;
        for (var at = 0; at < good.Length; at++)
        {
            var damaged = good.ToArray();
            damaged[at] ^= 0xFF;
            File.WriteAllBytes(path, damaged);
            if (Record.Exception(() => ManifestReader.Read(path)) is { } thrown)
            {
                var error = Assert.IsType<BuildErrorException>(thrown);
                Assert.Equal("RPB0008", error.Code);
                Assert.Contains(path, error.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.InRange(refused, 100, good.Length);
    }

    [Fact]
    public void A_file_that_is_no_assembly_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("Model.dll", "MZ no assembly");
        Assert.Equal("RPB0008", Assert.Throws<BuildErrorException>(() => ManifestReader.Read(path)).Code);
    }
}
