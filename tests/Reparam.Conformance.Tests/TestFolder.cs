namespace Reparam.Conformance.Tests;

/// <summary>A folder that is there as long as a test.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("reparam-conformance").FullName;

    /// <summary>The path of a file in the folder.</summary>
    public string this[string name] => Path.Combine(folder, name);

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
