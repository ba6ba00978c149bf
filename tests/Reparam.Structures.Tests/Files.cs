using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using static TorchSharp.torch;

namespace Reparam.Structures.Tests;

/// <summary>Checkpoints as another framework writes them.</summary>
internal static class Files
{
    /// <summary>Writes float32 and int64 tensors.</summary>
    public static void Write(string path, IEnumerable<(string Name, Tensor Tensor)> tensors)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in tensors.ToArray())
        {
            var bytes = tensor.detach().contiguous().bytes.ToArray();
            writer.Add(name, tensor.dtype == ScalarType.Int64 ? DType.I64 : DType.F32, tensor.shape, (stream, _) => stream.Write(bytes));
        }

        writer.Write(path);
    }

    /// <summary>A model's whole state, bit by bit.</summary>
    public static (string Name, string Bytes)[] Bytes(nn.Module model) =>
        [.. model.state_dict().Select(e => (e.Key, Convert.ToHexString(e.Value.detach().contiguous().bytes)))];

    /// <summary>The names of a file in the order of another state: files order by data.</summary>
    public static IEnumerable<string> ExportNames(this Foreign.ExpandedNet net, ICheckpoint export) =>
        export.Names.OrderBy(name => Array.FindIndex(["first", "blocks.0", "blocks.1", "head"], path => name.StartsWith(path, StringComparison.Ordinal))).ThenBy(name => name.EndsWith("bias", StringComparison.Ordinal));
}
