using System.IO.Compression;
using System.Text;
using Reparam.Checkpoints.Import;

namespace Reparam.Checkpoints.Tests.Import;

/// <summary>Files that are no checkpoints are called what they are, by import and wherever a safetensors file belongs.</summary>
public sealed class FileFormatTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, byte[]> Kinds() => new()
    {
        { "an empty file", [] },
        { "a Git LFS pointer", Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:0123456789\nsize 12345\n") },
        { "a web page", Encoding.ASCII.GetBytes("\n<!DOCTYPE html><html><head><title>404</title></head></html>") },
        { "a web page", [0xEF, 0xBB, 0xBF, .. "<html></html>"u8] },
        { "a GGUF file", [.. "GGUF"u8, 3, 0, 0, 0, .. new byte[16]] },
        { "a NumPy array (.npy)", [0x93, .. "NUMPY"u8, 1, 0] },
        { "a NumPy archive (.npz)", PickleBuilder.Archive(CompressionLevel.NoCompression, ("w.npy", [0x93]), ("b.npy", [0x93])) },
        { "a zip archive that PyTorch did not write", PickleBuilder.Archive(CompressionLevel.NoCompression, ("readme", [1])) },
        { "a Keras model (.keras)", PickleBuilder.Archive(CompressionLevel.NoCompression, ("config.json", [1]), ("model.weights.h5", [1])) },
        { "an HDF5 file, as Keras writes it", [0x89, .. "HDF\r\n"u8, 0x1A, 0x0A] },
        { "a TensorFlow Lite model", [0x1C, 0, 0, 0, .. "TFL3"u8, .. new byte[8]] },
        { "a TensorFlow SavedModel", [8, 1, 0x12, 4, 10, 2, 8, 1] },
        { "a gzip file", [0x1F, 0x8B, 8, 0] },
        { "a Zstandard file", [0x28, 0xB5, 0x2F, 0xFD, 0] },
        { "a 7z archive", [.. "7z"u8, 0xBC, 0xAF, 0x27, 0x1C] },
        { "the index of a sharded checkpoint", Encoding.ASCII.GetBytes("{ \"metadata\": {}, \"weight_map\": {} }") },
        { "a JSON file", Encoding.ASCII.GetBytes("{ \"a\": 1 }") },
        { "a text file", Encoding.UTF8.GetBytes("Gewichte für das Modell\n") },
        { "a Python pickle that torch.save did not write", [0x80, 4, 0x95, 0, 0, 0, 0, 0, 0, 0, 0, (byte)'N', (byte)'.'] },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_file_is_called_what_it_is(string name, byte[] bytes)
    {
        File.WriteAllBytes(folder.File("model"), bytes);
        var import = Assert.Throws<CheckpointException>(() => CheckpointImporter.Import(folder.File("model"), folder.File("m.safetensors")));
        Assert.StartsWith($"found {name}, expected a PyTorch, ONNX or llama2.c file: ", import.Detail);
        var open = Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.File("model")));
        Assert.StartsWith($"found {name}, expected safetensors: ", open.Detail);
        Assert.Equal(["model"], folder.Names());
    }

    [Fact]
    public void What_can_be_imported_says_so_where_safetensors_belongs()
    {
        var pickle = PickleBuilder.Dictionary(dict => dict.Text("w").Vector("0", 1));
        foreach (var (name, bytes) in ((string, byte[])[])
            [
                ("a PyTorch file (a zip archive)", PickleBuilder.Zip(pickle, "little", ("0", ImportCase.Bytes(1)))),
                ("a PyTorch file (the format before 1.6)", PickleBuilder.Legacy(pickle, ("0", 1, ImportCase.Bytes(1)))),
                ("an ONNX model", ProtoBuilder.Model(new ProtoBuilder().Message(5, ProtoBuilder.Tensor("w", 1, 1).Bytes(9, ImportCase.Bytes(1))))),
            ])
        {
            File.WriteAllBytes(folder.File("model"), bytes);
            Assert.Equal($"found {name}, expected safetensors: 'reparam import' converts it to safetensors", Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.File("model"))).Detail);
            Assert.Equal(1, CheckpointImporter.Import(folder.File("model"), folder.File("m.safetensors")).Tensors);
        }
    }

    [Fact]
    public void A_safetensors_file_is_not_imported_and_keeps_its_own_errors()
    {
        var writer = new Reparam.Checkpoints.Safetensors.SafetensorsWriter();
        writer.Add<float>("w", [2], new float[] { 1, 2 });
        writer.Write(folder.File("m.safetensors"));
        Assert.Contains("it needs no import", Assert.Throws<CheckpointException>(() => CheckpointImporter.Import(folder.File("m.safetensors"), folder.File("n.safetensors"))).Detail);
        var bytes = File.ReadAllBytes(folder.File("m.safetensors"));
        File.WriteAllBytes(folder.File("cut.safetensors"), bytes[..20]);
        Assert.StartsWith("found a header of", Assert.Throws<CheckpointException>(() => Checkpoint.Open(folder.File("cut.safetensors"))).Detail);
    }

    [Fact]
    public void A_format_that_the_user_names_is_held_against_the_content()
    {
        File.WriteAllBytes(folder.File("model"), [.. "GGUF"u8, 3, 0, 0, 0]);
        var exception = Assert.Throws<CheckpointException>(
            () => CheckpointImporter.Import(folder.File("model"), folder.File("m.safetensors"), new ImportOptions { Format = ImportFormat.PyTorch }));
        Assert.StartsWith("found a GGUF file, expected a file of the format PyTorch: ", exception.Detail);
    }

    [Fact]
    public void A_folder_is_called_a_folder() =>
        Assert.StartsWith("found a folder, expected", Assert.Throws<CheckpointException>(() => CheckpointImporter.Import(folder.Path, folder.File("m.safetensors"))).Detail);
}
