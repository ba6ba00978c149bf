namespace Reparam.Build.Tests.Harness;

/// <summary>A folder that goes when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("reparam-build-").FullName;

    public string PathOf(string file) => Path.Combine(Root, file);

    public string Write(string file, string text)
    {
        File.WriteAllText(PathOf(file), text);
        return PathOf(file);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
