using System.IO.Compression;
using System.Runtime.InteropServices;
using Reparam.Checkpoints.Import;
using Reparam.Checkpoints.Import.PyTorch;

namespace Reparam.Checkpoints.Tests.Import;

/// <summary>State dictionaries of PyTorch in both formats, and what must not be taken for one.</summary>
public sealed class TorchImport : IDisposable
{
    private static readonly float[] Values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Views_of_shared_storages_come_out_in_the_order_of_their_shape(bool zip)
    {
        var pickle = PickleBuilder.Dictionary(dict => dict
            .Text("epoch").Integer(7)
            .Text("state_dict").Raw((byte)'}').Mark()
            .Text("module.whole").Tensor("FloatStorage", "0", 12, 0, [3, 4], [4, 1])
            .Text("module.transposed").Tensor("FloatStorage", "0", 12, 0, [4, 3], [1, 4])
            .Text("module.column").Tensor("FloatStorage", "0", 12, 1, [3, 1], [4, 4])
            .Text("module.every_second").Tensor("FloatStorage", "0", 12, 2, [5], [2])
            .Text("module.scalar").Tensor("FloatStorage", "0", 12, 11, [], [])
            .Text("module.empty").Tensor("FloatStorage", "0", 12, 0, [0, 3], [3, 1])
            .Text("module.count").Tensor("LongStorage", "1", 1, 0, [], [])
            .Text("module.ones").Tensor("FloatStorage", "0", 12, 3, [1, 2, 1], [7, 1, 9])
            .Raw((byte)'u')
            .Text("args").Global("argparse", "Namespace").Raw((byte)')', 0x81).Raw((byte)'}', (byte)'b')
            .Text("lr").Raw((byte)'G', 0x3F, 0xE0, 0, 0, 0, 0, 0, 0)
            .Text("name").Text("net").Text("best").Raw(0x88).Text("nothing").Raw((byte)'N'));
        var floats = MemoryMarshal.AsBytes(Values.AsSpan()).ToArray();
        byte[] count = [42, 0, 0, 0, 0, 0, 0, 0];
        File.WriteAllBytes(folder.File("m.pt"), zip ? PickleBuilder.Zip(pickle, "little", ("0", floats), ("1", count)) : PickleBuilder.Legacy(pickle, ("0", 12, floats), ("1", 1, count)));

        var summary = CheckpointImporter.Import(folder.File("m.pt"), folder.File("m.safetensors"), new ImportOptions { StripPrefix = "module." });
        Assert.Equal(ImportFormat.PyTorch, summary.Format);
        Assert.Equal(8, summary.Tensors);
        using var checkpoint = Checkpoint.Open(folder.File("m.safetensors"));
        Assert.Equal(Values, checkpoint.ReadSingles("whole"));
        Assert.Equal([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], checkpoint.ReadSingles("transposed"));
        Assert.Equal([1, 5, 9], checkpoint.ReadSingles("column"));
        Assert.Equal([2, 4, 6, 8, 10], checkpoint.ReadSingles("every_second"));
        Assert.Equal([11], checkpoint.ReadSingles("scalar"));
        Assert.Equal([3, 4], checkpoint.ReadSingles("ones"));
        Assert.Equal([0, 3], checkpoint.Info("empty").Shape.ToArray());
        Assert.Equal([42L], checkpoint.ReadArray<long>("count"));
        Assert.Equal(
            new Dictionary<string, string> { ["pytorch.epoch"] = "7", ["pytorch.lr"] = "0.5", ["pytorch.name"] = "net", ["pytorch.best"] = "true" },
            checkpoint.Metadata);
        Assert.Equal(["'args' (an object of class argparse.Namespace)", "'nothing' (None)"], summary.Skipped);
    }

    [Theory]
    [InlineData("DoubleStorage", DType.F64)]
    [InlineData("HalfStorage", DType.F16)]
    [InlineData("BFloat16Storage", DType.BF16)]
    [InlineData("IntStorage", DType.I32)]
    [InlineData("ShortStorage", DType.I16)]
    [InlineData("CharStorage", DType.I8)]
    [InlineData("ByteStorage", DType.U8)]
    [InlineData("BoolStorage", DType.Bool)]
    [InlineData("ComplexFloatStorage", DType.C64)]
    public void Every_storage_type_is_copied(string storage, DType dtype)
    {
        var bytes = Enumerable.Range(1, 3 * dtype.BitSize() / 8).Select(value => (byte)value).ToArray();
        Import(PickleBuilder.Zip(PickleBuilder.Dictionary(dict => dict.Text("w").Tensor(storage, "0", 3, 1, [2], [1])), "little", ("0", bytes)));
        using var checkpoint = Checkpoint.Open(folder.File("m.safetensors"));
        Assert.Equal(dtype, checkpoint.Info("w").DType);
        Assert.Equal(bytes[(dtype.BitSize() / 8)..], checkpoint.Bytes("w").ToArray());
    }

    [Fact]
    public void Types_that_came_later_lie_in_storages_of_bytes()
    {
        static PickleBuilder Later(PickleBuilder pickle, string type, long offset, long elements) => pickle
            .Global("torch._utils", "_rebuild_tensor_v3").Mark()
            .Mark().Text("storage").Global("torch.storage", "UntypedStorage").Text("0").Text("cpu").Integer(6).Raw((byte)'t', (byte)'Q')
            .Integer(offset).Tuple(elements).Tuple(1).Raw(0x89, (byte)'N').Global("torch", type).Raw((byte)'t', (byte)'R');

        Import(PickleBuilder.Zip(
            PickleBuilder.Dictionary(dict =>
            {
                Later(dict.Text("q"), "float8_e4m3fn", 1, 4);
                Later(dict.Text("u"), "uint16", 1, 2);
            }),
            "little",
            ("0", [1, 2, 3, 4, 5, 6])));
        using (var checkpoint = Checkpoint.Open(folder.File("m.safetensors")))
        {
            Assert.Equal((DType.F8E4M3, "02030405"), (checkpoint.Info("q").DType, Convert.ToHexString(checkpoint.Bytes("q"))));
            Assert.Equal((DType.U16, "03040506"), (checkpoint.Info("u").DType, Convert.ToHexString(checkpoint.Bytes("u"))));
        }

        File.Delete(folder.File("m.safetensors"));
        Assert.Contains("found type qint32", Refused(PickleBuilder.Zip(PickleBuilder.Dictionary(dict => Later(dict.Text("q"), "qint32", 0, 1)), "little", ("0", new byte[6]))).Message);
        Assert.Contains("view from 1 to 3", Refused(PickleBuilder.Zip(PickleBuilder.Dictionary(dict => Later(dict.Text("u"), "uint16", 1, 3)), "little", ("0", new byte[6]))).Message);
    }

    // uint16 from byte 1 of a storage: half an element.
    [Fact]
    public void A_later_type_within_an_element_of_its_storage_is_refused()
    {
        static PickleBuilder Later(PickleBuilder pickle, long start) => pickle
            .Global("torch._utils", "_rebuild_tensor_v3").Mark()
            .Mark().Text("storage").Global("torch.storage", "UntypedStorage").Text("0").Text("cpu").Integer(6)
            .Mark().Text("view").Integer(start).Integer(4).Raw((byte)'t').Raw((byte)'t', (byte)'Q')
            .Integer(0).Tuple(2).Tuple(1).Raw(0x89, (byte)'N').Global("torch", "uint16").Raw((byte)'t', (byte)'R');

        Import(PickleBuilder.Zip(PickleBuilder.Dictionary(dict => Later(dict.Text("u"), 2)), "little", ("0", [1, 2, 3, 4, 5, 6])));
        using (var checkpoint = Checkpoint.Open(folder.File("m.safetensors")))
        {
            Assert.Equal("03040506", Convert.ToHexString(checkpoint.Bytes("u")));
        }

        File.Delete(folder.File("m.safetensors"));
        var refused = Refused(PickleBuilder.Zip(PickleBuilder.Dictionary(dict => Later(dict.Text("u"), 1)), "little", ("0", new byte[6])));
        Assert.Contains("from byte 1 of storage 'data/0', expected a multiple of 2", refused.Message);
    }

    [Fact]
    public void A_tensor_that_is_not_dense_is_refused_and_not_left_out()
    {
        var pickle = PickleBuilder.Dictionary(dict => dict.Text("s").Global("torch._utils", "_rebuild_sparse_tensor").Raw((byte)')', (byte)'R'));
        Assert.Contains("torch._utils._rebuild_sparse_tensor", Refused(PickleBuilder.Zip(pickle, "little")).Message);
    }

    [Fact]
    public void Pickles_of_protocol_4_and_ordered_dictionaries_are_read()
    {
        // STACK_GLOBAL, MEMOIZE, FRAME, short strings, a parameter, an ordered dictionary with a state.
        var pickle = new PickleBuilder(protocol: 4)
            .Raw(0x95, 0, 0, 0, 0, 0, 0, 0, 0)
            .Raw([0x8C, 11, .. "collections"u8, 0x94, 0x8C, 11, .. "OrderedDict"u8, 0x94, 0x93, 0x94, (byte)')', (byte)'R', 0x94])
            .Mark()
            .Raw([0x8C, 1, (byte)'w'])
            .Global("torch._utils", "_rebuild_parameter").Mark()
            .Tensor("FloatStorage", "0", 1, 0, [1], [1]).Raw(0x88).Global("collections", "OrderedDict").Raw((byte)')', (byte)'R', (byte)'t', (byte)'R')
            .Raw((byte)'u')
            .Raw((byte)'}').Text("_metadata").Raw((byte)'h', 3).Raw((byte)'s').Raw((byte)'b')
            .End();
        Import(PickleBuilder.Zip(pickle, "little", ("0", new byte[4])));
        using var checkpoint = Checkpoint.Open(folder.File("m.safetensors"));
        Assert.Equal(["w"], checkpoint.Names);
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var pickle = PickleBuilder.Dictionary(dict => dict.Text("w").Tensor("FloatStorage", "0", 2, 0, [2], [1]));
        foreach (var whole in (byte[][])[PickleBuilder.Legacy(pickle, ("0", 2, new byte[8])), PickleBuilder.Zip(pickle, "little", ("0", new byte[8]))])
        {
            Import(whole);
            File.Delete(folder.File("m.safetensors"));
            for (var length = 0; length < whole.Length; length++)
            {
                Refused(whole[..length]);
            }
        }

        Assert.Contains("1 bytes behind the last storage", Refused([.. PickleBuilder.Legacy(pickle, ("0", 2, new byte[8])), 0]).Message);
    }

    [Fact]
    public void A_changed_byte_gives_a_file_or_an_error_that_names_it()
    {
        var pickle = PickleBuilder.Dictionary(dict => dict.Text("w").Tensor("FloatStorage", "0", 2, 0, [2], [1]));
        foreach (var whole in (byte[][])[PickleBuilder.Legacy(pickle, ("0", 2, new byte[8])), PickleBuilder.Zip(pickle, "little", ("0", new byte[8]))])
        {
            foreach (var value in (byte[])[0, (byte)'(', (byte)'R', (byte)'.', 0xFF])
            {
                for (var place = 0; place < whole.Length; place++)
                {
                    var bytes = (byte[])whole.Clone();
                    bytes[place] = value;
                    File.WriteAllBytes(folder.File("m.pt"), bytes);
                    try
                    {
                        using var file = TorchFile.Open(folder.File("m.pt"), new ImportSelection(new ImportOptions()));
                        foreach (var tensor in file.Tensors)
                        {
                            tensor.Source(Stream.Null, CancellationToken.None);
                        }
                    }
                    catch (CheckpointException exception)
                    {
                        Assert.Equal(folder.File("m.pt"), exception.File);
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("QInt8Storage", 2, 0, new long[] { 2 }, new long[] { 1 }, "found type qint8")]
    [InlineData("FloatStorage", 2, 1, new long[] { 2 }, new long[] { 1 }, "view from 1 to 2")]
    [InlineData("FloatStorage", 2, -1, new long[] { 1 }, new long[] { 1 }, "view from -1")]
    [InlineData("FloatStorage", 2, 0, new long[] { 2 }, new long[] { -1 }, "view from 0 to -1")]
    [InlineData("FloatStorage", 2, 0, new long[] { 2 }, new long[] { long.MaxValue }, "view from 0")]
    [InlineData("FloatStorage", 2, 0, new long[] { 1L << 40 }, new long[] { 0 }, "found tensors of 4398046511104 bytes")]
    [InlineData("FloatStorage", 2, 0, new long[] { -1 }, new long[] { 1 }, "dimension -1")]
    [InlineData("FloatStorage", 2, 0, new long[] { 1L << 62, 4 }, new long[] { 1, 1 }, "2^63")]
    [InlineData("FloatStorage", 2, 0, new long[] { 2, 1 }, new long[] { 1 }, "2 sizes and 1 strides")]
    [InlineData("FloatStorage", 3, 0, new long[] { 2 }, new long[] { 1 }, "8 bytes")]
    [InlineData("FloatStorage", -2, 0, new long[] { 0 }, new long[] { 1 }, "-2 elements")]
    public void A_tensor_that_its_storage_does_not_hold_is_refused(string storage, long elements, long offset, long[] shape, long[] strides, string expected)
    {
        var pickle = PickleBuilder.Dictionary(dict => dict.Text("w").Tensor(storage, "0", elements, offset, shape, strides));
        Assert.Contains(expected, Refused(PickleBuilder.Zip(pickle, "little", ("0", new byte[8]))).Message);
    }

    [Fact]
    public void Calls_are_names_and_never_made()
    {
        // os.system("…") as the whole object, beside a state dictionary, and as an item with a state.
        PickleBuilder Call(PickleBuilder pickle) => pickle.Global("os", "system").Mark().Text("exit 1").Raw((byte)'t', (byte)'R');
        Assert.Contains("os.system", Refused(PickleBuilder.Zip(Call(new PickleBuilder()).End(), "little")).Message);
        var summary = Import(PickleBuilder.Zip(PickleBuilder.Dictionary(dict => Call(dict.Text("hook")).Text("w").Tensor("FloatStorage", "0", 2, 0, [2], [1])), "little", ("0", new byte[8])));
        Assert.Equal(["'hook' (an object of class os.system)"], summary.Skipped);
        Assert.Equal(1, summary.Tensors);
    }

    [Fact]
    public void A_structure_that_contains_itself_gives_its_tensors_once()
    {
        var cycle = new PickleBuilder().Raw((byte)'}', (byte)'q', 0).Mark()
            .Text("self").Raw((byte)'h', 0).Text("w").Tensor("FloatStorage", "0", 2, 0, [2], [1]).Raw((byte)'u').End();
        var summary = Import(PickleBuilder.Zip(cycle, "little", ("0", new byte[8])));
        Assert.Equal(1, summary.Tensors);
        Assert.Equal(["'self', which contains itself: its tensors have a shorter name"], summary.Skipped);
    }

    [Fact]
    public void A_structure_that_doubles_is_refused()
    {
        var doubling = new PickleBuilder().Raw((byte)']').Tensor("FloatStorage", "0", 2, 0, [2], [1]).Raw((byte)'a');
        for (var level = 0; level < 30; level++)
        {
            doubling.Raw((byte)'q', 0, (byte)'h', 0, 0x86, (byte)'q', 1, (byte)'0', (byte)']', (byte)'h', 1, (byte)'a');
        }

        Assert.Contains("tensors", Refused(PickleBuilder.Zip(doubling.End(), "little", ("0", new byte[8]))).Message);
    }

    [Fact]
    public void What_is_no_state_dictionary_is_refused_by_name()
    {
        Assert.Contains("found 1 without a tensor, expected a dictionary of tensors", Refused(PickleBuilder.Zip(new PickleBuilder().Integer(1).End(), "little")).Message);
        Assert.Contains("big-endian", Refused(PickleBuilder.Zip(PickleBuilder.Dictionary(dict => dict.Text("w").Tensor("FloatStorage", "0", 2, 0, [2], [1])), "big", ("0", new byte[8]))).Message);
        var model = new PickleBuilder().Global("models", "ResNet").Raw((byte)')', 0x81, (byte)'}', (byte)'b').End();
        Assert.Contains("an object of class models.ResNet without a tensor", Refused(PickleBuilder.Zip(model, "little")).Message);
        Assert.Contains("a zip archive that PyTorch did not write", Refused(EmptyZip()).Message);
        var twice = PickleBuilder.Dictionary(dict => dict.Text("w").Tensor("FloatStorage", "0", 2, 0, [2], [1]).Text("w").Tensor("FloatStorage", "0", 2, 0, [2], [1]));
        Assert.Equal(CheckpointRule.UniqueName, Refused(PickleBuilder.Zip(twice, "little", ("0", new byte[8]))).Rule);
    }

    private static byte[] EmptyZip()
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            archive.CreateEntry("readme");
        }

        return file.ToArray();
    }

    private ImportSummary Import(byte[] bytes)
    {
        File.WriteAllBytes(folder.File("m.pt"), bytes);
        return CheckpointImporter.Import(folder.File("m.pt"), folder.File("m.safetensors"));
    }

    private CheckpointException Refused(byte[] bytes)
    {
        var exception = Assert.Throws<CheckpointException>(() => Import(bytes));
        Assert.False(File.Exists(folder.File("m.safetensors")));
        return exception;
    }
}
