using System.Buffers.Binary;
using System.Text;
using Reparam.Checkpoints.Import.Llama2c;
using Reparam.Checkpoints.Import.Onnx;
using Reparam.Checkpoints.Import.PyTorch;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Import;

/// <summary>
/// Tells by its content what a file is that is given where a checkpoint belongs: names and endings of files are often wrong. This is the one place for it, so
/// that import, inspect, compress and the build's worker say the same. The build itself, which reads no checkpoints, goes by first bytes and endings.
/// </summary>
internal static class FileFormats
{
    private const string Convert = "'reparam import' converts it to safetensors";
    private const string Unpack = "unpack it first";
    private const string Numpy = "save its arrays with safetensors.numpy.save_file";
    private const string TensorFlow = "load the model there and save its weights with safetensors.tensorflow.save_file";

    private static readonly FileFormat Safetensors = new("a safetensors file", "it needs no import", IsSafetensors: true);
    private static readonly FileFormat Zip = new("a zip archive that PyTorch did not write", "unpack it, and name the checkpoint in it");
    private static readonly FileFormat Npz = new("a NumPy archive (.npz)", Numpy);
    private static readonly FileFormat Web = new("a web page", "the download gave an error or a log-in page; download the file itself");
    private static readonly FileFormat Tar = new("a tar archive that PyTorch did not write", Unpack);

    // Each with the place of its letters.
    private static readonly (int Place, byte[] Letters, FileFormat Kind)[] Magic =
    [
        (0, "version https://git-lfs.github.com"u8.ToArray(), new("a Git LFS pointer", "it stands for the file itself, which 'git lfs pull' fetches")),
        (0, "GGUF"u8.ToArray(), new("a GGUF file", "its weights are coded for llama.cpp; take the checkpoint that it was made from")),
        (0, "lmgg"u8.ToArray(), new("a GGML file", "its weights are coded for llama.cpp; take the checkpoint that it was made from")),
        (0, "fmgg"u8.ToArray(), new("a GGML file", "its weights are coded for llama.cpp; take the checkpoint that it was made from")),
        (0, "tjgg"u8.ToArray(), new("a GGML file", "its weights are coded for llama.cpp; take the checkpoint that it was made from")),
        (0, [0x93, .. "NUMPY"u8], new("a NumPy array (.npy)", Numpy)),
        (0, [0x89, .. "HDF\r\n"u8, 0x1A, 0x0A], new("an HDF5 file, as Keras writes it", $"load it with h5py, and {Numpy}")),
        (4, "TFL3"u8.ToArray(), new("a TensorFlow Lite model", "take the checkpoint that it was made from")),
        (4, "ET12"u8.ToArray(), new("an ExecuTorch program", "take the checkpoint that it was made from")),
        (4, "ORTM"u8.ToArray(), new("a model in the format of ONNX Runtime", "take the .onnx file that it was made from")),
        (0, [0x1F, 0x8B], new("a gzip file", Unpack)),
        (0, [0x28, 0xB5, 0x2F, 0xFD], new("a Zstandard file", Unpack)),
        (0, [0xFD, .. "7zXZ"u8, 0], new("an xz file", Unpack)),
        (0, [.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C], new("a 7z archive", Unpack)),
        (0, "Rar!"u8.ToArray(), new("a RAR archive", Unpack)),
        (0, [0x04, 0x22, 0x4D, 0x18], new("an LZ4 file", Unpack)),
        (0, "BZh"u8.ToArray(), new("a bzip2 file", Unpack)),
        (0, [0x12, 1, 0, 0, 0, 0, 0, 0], new("an MXNet file", "load it there, and save its arrays with safetensors.numpy.save_file")),
        (0, "%PDF"u8.ToArray(), new("a PDF document", "name the checkpoint")),
        (0, [0x89, .. "PNG"u8], new("a PNG picture", "name the checkpoint")),
        (0, [0x7F, .. "ELF"u8], new("a program or library", "name the checkpoint")),
        (0, "model_checkpoint_path:"u8.ToArray(), new("the list of TensorFlow checkpoints", TensorFlow)),
    ];

    /// <summary>What a file is; null when nothing known.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    public static FileFormat? Recognise(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                return File.Exists(Path.Combine(path, "saved_model.pb"))
                    ? new FileFormat("a folder with a TensorFlow SavedModel", TensorFlow)
                    : new FileFormat("a folder", "name the file in it");
            }

            InputFile.RequireFile(path);
            using var handle = File.OpenHandle(path);
            var file = new FileRange(handle, 0, RandomAccess.GetLength(handle));
            var start = new byte[(int)Math.Min(file.Length, 4096)];
            file.Read(0, start);
            return ByStart(path, start, file);
        }
        catch (Exception exception) when (AtomicFile.IsFileSystemError(exception))
        {
            throw new CheckpointException(path, null, CheckpointRule.Readable, $"the file cannot be read: {exception.Message}", exception);
        }
    }

    private static FileFormat? ByStart(string path, ReadOnlySpan<byte> start, FileRange file)
    {
        if (start.IsEmpty)
        {
            return new FileFormat("an empty file", "the download or the copy failed");
        }

        if (start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8))
        {
            return ByEntries(file);
        }

        if (TorchLegacyData.IsPlausible(start))
        {
            return new FileFormat("a PyTorch file (the format before 1.6)", Convert, ImportFormat.PyTorch);
        }

        if (TorchTarData.IsPlausible(start))
        {
            return TorchTarData.IsOfPyTorch(file)
                ? new FileFormat("a PyTorch file (the format before 0.1.10)", Convert, ImportFormat.PyTorch)
                : Tar;
        }

        foreach (var (place, letters, kind) in Magic)
        {
            if (start.Length >= place + letters.Length && start[place..].StartsWith(letters))
            {
                return kind;
            }
        }

        // Before the formats without magic numbers: their tests are weaker.
        return ByHeader(start, file) ?? ByText(start) ?? ByName(path, file);
    }

    private static FileFormat? ByHeader(ReadOnlySpan<byte> start, FileRange file)
    {
        if (start.Length > 8 && start[8] == (byte)'{' && BinaryPrimitives.ReadUInt64LittleEndian(start) <= SafetensorsHeader.MaxLength)
        {
            return Safetensors;
        }

        if (start.Length > 1 && start[0] == 0x80 && start[1] is >= 2 and <= 5)
        {
            return new FileFormat("a Python pickle that torch.save did not write", "load it in Python, and save its arrays with safetensors");
        }

        if (start.Length >= Llama2cHeader.Length && Llama2cHeader.IsPlausible(start))
        {
            return new FileFormat("a llama2.c model", Convert, ImportFormat.Llama2c);
        }

        if (OnnxModel.IsPlausible(file))
        {
            return new FileFormat("an ONNX model", Convert, ImportFormat.Onnx);
        }

        return start is [0x08, 0x01, 0x12, ..] ? new FileFormat("a TensorFlow SavedModel", TensorFlow) : null;
    }

    private static FileFormat ByEntries(FileRange file)
    {
        ZipDirectory directory;
        try
        {
            directory = ZipDirectory.Read(file.Handle);
        }
        catch (FormatException)
        {
            // Cut off or damaged. PyTorch's own reader says what is wrong with it.
            return new FileFormat("a zip archive whose directory cannot be read", Convert, ImportFormat.PyTorch);
        }

        var names = directory.Entries.Keys;
        bool Ends(string ending) => names.Any(name => name.EndsWith(ending, StringComparison.Ordinal));
        return Ends("/data.pkl") && Ends("/constants.pkl") ? new FileFormat("a TorchScript archive", Convert, ImportFormat.PyTorch)
            : Ends("/data.pkl") ? new FileFormat("a PyTorch file (a zip archive)", Convert, ImportFormat.PyTorch)
            : names.Any() && names.All(name => name.EndsWith(".npy", StringComparison.Ordinal)) ? Npz
            : names.Contains("model.weights.h5") ? new FileFormat("a Keras model (.keras)", "save its weights with safetensors.numpy.save_file")
            : Ends("exported_program.json") || Ends("archive_format")
                ? new FileFormat("an exported PyTorch program (.pt2)", "load it with torch.export.load, and save its state_dict")
            : Ends("/model.json") ? new FileFormat("a TorchScript archive of PyTorch before 1.4", "load it with torch.jit.load, and save its state_dict")
            : Ends(".data/version") ? new FileFormat("a torch.package archive", "load it with torch.package, and save the state_dict")
            : Zip;
    }

    private static FileFormat? ByText(ReadOnlySpan<byte> start)
    {
        // A multi-byte letter may be cut at the end.
        var text = start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? start[3..] : start;
        if (text.ContainsAnyInRange((byte)0, (byte)8))
        {
            return null;
        }

        var letters = Encoding.UTF8.GetString(text).TrimStart();
        return letters.StartsWith('<') ? Web
            : letters.StartsWith('{') && letters.Contains("\"weight_map\"", StringComparison.Ordinal)
                ? new FileFormat(
                    "the index of a sharded checkpoint", "compress and inspect take it with the ending .json; PyTorch shards are imported one by one")
            : letters.StartsWith('{') || letters.StartsWith('[') ? new FileFormat("a JSON file", "name the checkpoint")
            : letters.All(letter => !char.IsControl(letter) || char.IsWhiteSpace(letter)) &&
                !letters.AsSpan(0, Math.Max(letters.Length - 1, 0)).Contains('\uFFFD')
                ? new FileFormat("a text file", "name the checkpoint")
            : null;
    }

    private static FileFormat? ByName(string path, FileRange file)
    {
        var end = new byte[(int)Math.Min(file.Length, 8)];
        file.Read(file.Length - end.Length, end);
        return end.AsSpan().SequenceEqual((ReadOnlySpan<byte>)[0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]) ||
            Path.GetFileName(path).Contains(".data-0", StringComparison.Ordinal)
                ? new FileFormat("a part of a TensorFlow checkpoint", TensorFlow)
                : null;
    }
}
