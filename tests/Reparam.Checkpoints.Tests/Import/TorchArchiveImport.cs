using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Reparam.Checkpoints.Import;
using Reparam.Checkpoints.Import.PyTorch;

namespace Reparam.Checkpoints.Tests.Import;

/// <summary>The containers of PyTorch: TorchScript, compressed zip archives, tar files.</summary>
public sealed class TorchArchiveImport : IDisposable
{
    private readonly ImportCase import = new();

    public void Dispose() => import.Dispose();

    [Fact]
    public void A_TorchScript_archive_gives_attributes_of_its_modules_and_constants_of_its_code()
    {
        var data = new PickleBuilder().Object("__torch__", "Net", net => net
            .Text("training").Raw(0x89)
            .Text("fc").Object("__torch__.torch.nn.modules.linear", "Linear", fc => fc.Text("weight").Vector("0", 2).Text("bias").Raw((byte)'N'))
            .Text("sizes").Global("torch.jit._pickle", "build_intlist").Raw((byte)']').Integer(1).Raw((byte)'a', 0x85, (byte)'R')
            .Text("scales").Global("torch.jit._pickle", "build_tensorlist").Raw((byte)']').Vector("1", 1).Raw((byte)'a', 0x85, (byte)'R')
            .Text("table").Global("torch.jit._pickle", "restore_type_tag").Dict(table => table.Text("a").Vector("1", 1)).Text("Dict[str, Tensor]").Raw(0x86, (byte)'R')).End();
        var constants = new PickleBuilder().Vector("0", 1).Raw(0x85).End();
        var file = PickleBuilder.Archive(
            CompressionLevel.NoCompression,
            ("net/data.pkl", data), ("net/constants.pkl", constants), ("net/code/__torch__.py", Encoding.UTF8.GetBytes("class Net(Module): ...")), ("net/version", [(byte)'3', 10]),
            ("net/data/0", ImportCase.Bytes(1, 2)), ("net/data/1", ImportCase.Bytes(3)), ("net/constants/0", ImportCase.Bytes(4)));
        var tensors = import.Floats(file);
        Assert.Equal(["constants.0", "fc.weight", "scales.0", "table.a"], tensors.Keys);
        Assert.Equal([4, 1, 2, 3, 3], tensors.Values.SelectMany(values => values));
    }

    [Fact]
    public void A_compressed_archive_is_unpacked_to_be_read()
    {
        var pickle = PickleBuilder.Dictionary(dict => dict
            .Text("w").Tensor("FloatStorage", "0", 6, 0, [3, 2], [1, 3])
            .Text("v").Tensor("FloatStorage", "0", 6, 2, [2], [3])
            .Text("u").Vector("1", 2));
        var file = PickleBuilder.Archive(
            CompressionLevel.Optimal,
            ("archive/data.pkl", pickle), ("archive/data/0", ImportCase.Bytes(1, 2, 3, 4, 5, 6)), ("archive/data/1", ImportCase.Bytes(7, 8)));
        var tensors = import.Floats(file);
        Assert.Equal([1, 4, 2, 5, 3, 6], tensors["w"]);
        Assert.Equal([3, 6], tensors["v"]);
        Assert.Equal([7, 8], tensors["u"]);
    }

    [Fact]
    public void A_tar_file_of_the_first_versions_is_read()
    {
        using var storages = new MemoryStream();
        storages.Write(new PickleBuilder().Integer(2).End());
        Storage(100, "FloatStorage", 4, ImportCase.Bytes(1, 2, 3, 4));
        Storage(101, "LongStorage", 1, [9, 0, 0, 0, 0, 0, 0, 0]);
        storages.Write(new PickleBuilder().Raw((byte)']').Mark().Integer(102).Integer(100).Integer(1).Integer(3).Raw((byte)'t', (byte)'a').End());
        using var tensors = new MemoryStream();
        tensors.Write(new PickleBuilder().Integer(3).End());
        Tensor(200, 100, "FloatTensor", [2, 2], [1, 2], 0);
        Tensor(201, 102, "FloatTensor", [2], [1], 1);
        Tensor(202, 101, "LongTensor", [1], [1], 0);
        var pickle = new PickleBuilder().Global("collections", "OrderedDict").Raw((byte)')', (byte)'R').Mark()
            .Text("w").Global("torch.nn.parameter", "Parameter").Text("200").Raw((byte)'Q', 0x85, (byte)'R').Raw(0x88).Raw(0x89).Raw((byte)'N', 0x87, (byte)'b')
            .Text("net").Global("nn", "Net").Raw(0x89).Raw((byte)'N', 0x87, (byte)'Q', (byte)')', 0x81).Dict(net => net.Text("own").Text("201").Raw((byte)'Q')).Raw((byte)'b')
            .Text("v").Text("201").Raw((byte)'Q').Text("n").Text("202").Raw((byte)'Q').Raw((byte)'u').End();
        // Python writes times in an extended header.
        var file = Tar(("././@PaxHeader", Encoding.ASCII.GetBytes("22 mtime=1480000000.5\n")), ("sys_info", []), ("pickle", pickle), ("tensors", tensors.ToArray()), ("storages", storages.ToArray()));
        Assert.Equal(4, import.Import(file).Tensors);
        using (var checkpoint = Checkpoint.Open(import.Output))
        {
            Assert.Equal([1, 3, 2, 4], checkpoint.ReadSingles("w"));
            Assert.Equal([3, 4], checkpoint.ReadSingles("v"));
            Assert.Equal([3, 4], checkpoint.ReadSingles("net.own"));
            Assert.Equal([9L], checkpoint.ReadArray<long>("n"));
        }

        for (var length = 0; length < file.Length - 1536; length += 97)
        {
            import.Refused(file[..length]);
        }

        Assert.Contains("without a member 'storages'", import.Refused(Tar(("pickle", pickle), ("tensors", tensors.ToArray()))));
        Assert.Contains("a tar archive that PyTorch did not write", import.Refused(Tar(("readme", [1]))));

        void Storage(long key, string type, long elements, byte[] bytes)
        {
            storages.Write(new PickleBuilder().Mark().Integer(key).Text("cpu").Global("torch", type).Raw((byte)'t').End());
            Write(storages, elements);
            storages.Write(bytes);
        }

        void Tensor(long key, long storage, string type, long[] shape, long[] strides, long offset)
        {
            tensors.Write(new PickleBuilder().Mark().Integer(key).Integer(storage).Global("torch", type).Raw((byte)'t').End());
            foreach (var value in (long[])[shape.Length, .. shape, .. strides, offset])
            {
                Write(tensors, value);
            }
        }
    }

    [Fact]
    public void A_strided_view_has_the_same_elements_whatever_part_is_in_memory()
    {
        File.WriteAllBytes(import.File("storage"), [.. Enumerable.Range(0, 4200).SelectMany(value => BitConverter.GetBytes((short)value))]);
        using var handle = File.OpenHandle(import.File("storage"));
        var source = new FileRange(handle, 0, 8400);
        foreach (var (shape, strides) in ((long[], long[])[])
            [
                ([64, 64], [1, 64]), ([64, 64], [64, 1]), ([60, 8], [64, 8]), ([30, 20, 5], [1, 30, 600]), ([3, 40, 30], [1200, 1, 40]), ([2, 2, 2, 500], [1, 2, 4, 8]),
                ([512], [8]), ([5, 1000], [0, 4]), ([1000, 4], [4, 0]), ([7, 500], [1, 7]), ([2, 2000], [2000, 1]),
            ])
        {
            var tensor = new TorchTensor(new TorchStorage("0", TorchType.OfStorage("ShortStorage")!, 4200), 3, [.. shape], [.. strides]);
            var expected = new List<short>();
            Expect(0, 3);
            foreach (var window in (long[])[64, 200, 1000, 4096, 1 << 20])
            {
                using var result = new MemoryStream();
                new StridedCopy(source, result, sizeof(short), null, CancellationToken.None, window).Copy(tensor);
                Assert.Equal(expected, MemoryMarshal.Cast<byte, short>(result.ToArray()).ToArray());
            }

            void Expect(int axis, long place)
            {
                if (axis == shape.Length)
                {
                    expected.Add((short)place);
                    return;
                }

                for (long i = 0; i < shape[axis]; i++)
                {
                    Expect(axis + 1, place + (i * strides[axis]));
                }
            }
        }
    }

    [Fact]
    public void An_archive_that_breaks_a_rule_of_its_container_is_refused()
    {
        var pickle = PickleBuilder.Dictionary(dict => dict.Text("w").Vector("0", 1).Text("gone").Vector("1", 1));
        Assert.Contains("tensor 'gone': found no entry 'archive/data/1' in the zip archive", import.Refused(PickleBuilder.Zip(pickle, "little", ("0", ImportCase.Bytes(1)))));
        Assert.Contains("found entry 'archive/data/0' twice", import.Refused(PickleBuilder.Zip(pickle, "little", ("0", ImportCase.Bytes(1)), ("0", ImportCase.Bytes(2)))));
        var two = PickleBuilder.Archive(CompressionLevel.NoCompression, ("a/data.pkl", pickle), ("b/data.pkl", pickle));
        Assert.Contains("found 2 entries 'NAME/data.pkl'", import.Refused(two));
    }

    private static void Write(MemoryStream stream, long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static byte[] Tar(params (string Name, byte[] Bytes)[] members)
    {
        using var file = new MemoryStream();
        foreach (var (name, bytes) in members)
        {
            var header = new byte[512];
            Encoding.ASCII.GetBytes(name).CopyTo(header, 0);
            Encoding.ASCII.GetBytes(Convert.ToString(bytes.Length, 8).PadLeft(11, '0')).CopyTo(header, 124);
            header[156] = (byte)(name.StartsWith('.') ? 'x' : '0');
            "ustar\0"u8.CopyTo(header.AsSpan(257));
            file.Write(header);
            file.Write(bytes);
            file.Write(new byte[(512 - (bytes.Length % 512)) % 512]);
        }

        file.Write(new byte[1024]);
        return file.ToArray();
    }
}
