namespace Reparam.Runtime.Tests.Loading;

/// <summary>A path in the temporary folder, deleted at the end.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"reparam-{Guid.NewGuid():N}.safetensors");

    public void Dispose() => File.Delete(Path);
}
