using System.Runtime.InteropServices;
using Reparam.Checkpoints.Import;

namespace Reparam.Checkpoints.Tests.Import;

/// <summary>Imports bytes from a temporary folder.</summary>
internal sealed class ImportCase : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public string Output => folder.File("m.safetensors");

    public void Dispose() => folder.Dispose();

    public string File(string name) => folder.File(name);

    public ImportSummary Import(byte[] bytes, ImportOptions? options = null)
    {
        System.IO.File.WriteAllBytes(folder.File("m.pt"), bytes);
        return CheckpointImporter.Import(folder.File("m.pt"), Output, options);
    }

    /// <summary>The float32 tensors of the result by name.</summary>
    public SortedDictionary<string, float[]> Floats(byte[] bytes, ImportOptions? options = null)
    {
        Import(bytes, options);
        using var checkpoint = Checkpoint.Open(Output);
        return new(checkpoint.Names.ToDictionary(name => name, name => checkpoint.ReadSingles(name)), StringComparer.Ordinal);
    }

    /// <summary>The message of an import that must fail and leave nothing.</summary>
    public string Refused(byte[] bytes, ImportOptions? options = null)
    {
        System.IO.File.Delete(Output);
        var exception = Assert.Throws<CheckpointException>(() => Import(bytes, options));
        Assert.False(System.IO.File.Exists(Output));
        return exception.Message;
    }

    public static byte[] Bytes(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
