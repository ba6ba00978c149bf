using System;
using System.IO;
using System.Linq;

namespace Reparam.Build.Plans;

/// <summary>Tells files of other formats by their beginning or their ending: the build compresses safetensors.</summary>
internal static class ForeignCheckpoint
{
    private static readonly (string Ending, string Format, bool CanImport)[] Endings =
    [
        (".pt", "a PyTorch file", true), (".pth", "a PyTorch file", true), (".th", "a PyTorch file", true), (".ckpt", "a PyTorch file", true),
        (".bin", "a PyTorch or llama2.c file", true),
        (".jit", "a TorchScript file", true), (".tar", "a PyTorch file", true), (".pkl", "a pickle", true), (".onnx", "an ONNX file", true),
        (".gguf", "a GGUF file", false), (".ggml", "a GGML file", false), (".npz", "a NumPy archive", false), (".npy", "a NumPy file", false),
        (".h5", "an HDF5 file", false), (".hdf5", "an HDF5 file", false), (".keras", "a Keras file", false), (".tflite", "a TensorFlow Lite file", false),
        (".pb", "a TensorFlow file", false), (".msgpack", "a Flax file", false), (".mlmodel", "a Core ML file", false),
    ];

    private static readonly (string Start, string Format, bool CanImport)[] Starts =
    [
        ("GGUF", "a GGUF file", false), ("\u0093NUMPY", "a NumPy file", false), ("\u0089HDF", "an HDF5 file", false),
        ("PK\u0003\u0004", "an archive, as PyTorch writes them", true),
        ("\u0080\u0002", "a pickle, as PyTorch writes them", true), ("\u0080\u0003", "a pickle", true), ("\u0080\u0004", "a pickle", true),
        ("\u0080\u0005", "a pickle", true),
    ];

    /// <summary>What is wrong with a checkpoint that is no safetensors file and no index; null where it may be one.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static BuildErrorException? ProblemOf(string path)
    {
        var start = ReadStart(path);
        if (IsSafetensors(path, start))
        {
            return null;
        }

        var text = string.Concat(start.Select(value => (char)value));
        var found = Starts.Where(known => text.StartsWith(known.Start, StringComparison.Ordinal)).Select(known => (known.Format, known.CanImport))
            .Concat(Endings.Where(known => path.EndsWith(known.Ending, StringComparison.OrdinalIgnoreCase)).Select(known => (known.Format, known.CanImport)))
            .FirstOrDefault();
        return found.Format is null
            ? null
            : new BuildErrorException("RPB0018", $"Checkpoint '{path}' is {found.Format}, and the build compresses safetensors. " + (found.CanImport
            ? $"Convert it once, with 'reparam import \"{path}\" -o \"{Path.ChangeExtension(path, ".safetensors")}\"', and name the result in the item."
            : "Save its tensors as safetensors with the tools that it comes from, and name the result in the item."));
    }

    private static byte[] ReadStart(string path)
    {
        var start = new byte[16];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return [.. start.Take(file.Read(start, 0, start.Length))];
    }

    // Eight bytes with the length of the header, then the header's brace.
    private static bool IsSafetensors(string path, byte[] start) =>
        path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) || (start.Length > 8 && start[8] == (byte)'{' && start[6] == 0 && start[7] == 0);
}
