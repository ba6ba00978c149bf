using System.IO.Compression;
using Reparam.Checkpoints.Import;

namespace Reparam.Checkpoints.Tests.Import;

/// <summary>Files made to break the reader: memory stays within what the file justifies, and only the documented exception comes out.</summary>
public sealed class HostileImport : IDisposable
{
    private const long MostAllocated = 400L << 20;

    private readonly ImportCase import = new();

    public void Dispose() => import.Dispose();

    [Theory]
    [InlineData('}')]
    [InlineData(']')]
    [InlineData('N')]
    [InlineData('(')]
    [InlineData(')')]
    public void A_long_run_of_one_instruction_is_refused(char opcode)
    {
        byte[] pickle = [0x80, 2, .. Enumerable.Repeat((byte)opcode, 20 << 20), (byte)'.'];
        Assert.Contains("that unpack to", Bounded(PickleBuilder.Archive(CompressionLevel.Optimal, ("archive/data.pkl", pickle))));
        Bounded(PickleBuilder.Archive(CompressionLevel.NoCompression, ("archive/data.pkl", pickle)));
        Bounded(PickleBuilder.Legacy(pickle));
    }

    [Fact]
    public void Values_nested_without_end_are_refused()
    {
        var pickle = new PickleBuilder().Vector("0", 1).Raw([.. Enumerable.Repeat((byte)0x85, 100_000)]).End();
        Assert.Contains("more than 100 levels", Bounded(PickleBuilder.Zip(pickle, "little", ("0", ImportCase.Bytes(1)))));

        // Objects that are the state of objects, and dictionaries that are the state of dictionaries.
        foreach (var first in (byte[])[(byte)'}', (byte)']'])
        {
            var chain = new PickleBuilder();
            for (var level = 0; level < 20_000; level++)
            {
                chain = first == '}' ? chain.Raw((byte)'}') : chain.Global("a", "b").Raw((byte)')', 0x81);
            }

            chain.Vector("0", 1).Raw([.. Enumerable.Repeat((byte)'b', 20_000)]);
            Bounded(PickleBuilder.Zip(chain.End(), "little", ("0", ImportCase.Bytes(1))));
            Bounded(PickleBuilder.Zip(chain.End(), "little", ("0", ImportCase.Bytes(1))), new ImportOptions { Key = "x" });
        }
    }

    [Fact]
    public void A_list_that_is_copied_again_and_again_is_refused()
    {
        // OrderedDict(pairs), 10,000 times with the same 10,000 pairs.
        var pickle = new PickleBuilder().Raw((byte)'(').Global("collections", "OrderedDict").Raw((byte)'q', 0, (byte)']').Mark();
        for (var pair = 0; pair < 10_000; pair++)
        {
            pickle.Raw((byte)'N', (byte)'N', 0x86);
        }

        pickle.Raw((byte)'e', 0x85, (byte)'q', 1);
        for (var copy = 0; copy < 10_000; copy++)
        {
            pickle.Raw((byte)'h', 0, (byte)'h', 1, (byte)'R');
        }

        Assert.Contains("make objects of more than", Bounded(PickleBuilder.Zip(pickle.Raw((byte)'t').End(), "little")));
    }

    [Fact]
    public void Long_names_in_shared_dictionaries_are_refused()
    {
        var shared = new PickleBuilder().Raw((byte)'}').Text(new string('k', 4000)).Vector("0", 1).Raw((byte)'s', (byte)'q', 9, (byte)'0', (byte)']').Mark();
        for (var copy = 0; copy < 50_000; copy++)
        {
            shared.Raw((byte)'h', 9);
        }

        Assert.Contains("letters in their names", Bounded(PickleBuilder.Zip(shared.Raw((byte)'e').End(), "little", ("0", ImportCase.Bytes(1)))));
    }

    [Fact]
    public void Views_that_take_more_room_than_the_file_justifies_are_refused()
    {
        var expanded = PickleBuilder.Dictionary(dict => dict.Text("w").Tensor("FloatStorage", "0", 1, 0, [1 << 20, 1 << 10], [0, 0]));
        Assert.Contains("found tensors of 4294967296 bytes", Bounded(PickleBuilder.Zip(expanded, "little", ("0", ImportCase.Bytes(1)))));

        // Many tensors of one compressed storage.
        var zeros = new byte[4 << 20];
        var many = PickleBuilder.Dictionary(dict =>
        {
            for (var i = 0; i < 100; i++)
            {
                dict.Text($"w{i}").Vector("0", 1 << 20);
            }
        });
        Assert.Contains("found tensors of 419430400 bytes", Bounded(PickleBuilder.Archive(CompressionLevel.Optimal, ("a/data.pkl", many), ("a/data/0", zeros))));
    }

    [Fact]
    public void An_empty_tensor_far_outside_its_storage_is_refused() =>
        Assert.Contains("found a view from", Bounded(PickleBuilder.Legacy(
            PickleBuilder.Dictionary(dict => dict.Text("w").Tensor("FloatStorage", "0", 1, 1L << 58, [0], [1])), ("0", 1, ImportCase.Bytes(1)))));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Changed_files_give_a_result_or_the_documented_exception(int format)
    {
        var seed = Seed(format);
        var random = new Random(format);
        File.WriteAllBytes(import.File("weights.bin"), new byte[64]);
        for (var round = 0; round < 400; round++)
        {
            var bytes = Mutate(seed, random);
            try
            {
                import.Import(bytes, round % 5 == 0 ? new ImportOptions { Format = format == 3 ? ImportFormat.Onnx : ImportFormat.PyTorch } : null);
                using var checkpoint = Checkpoint.Open(import.Output);
                Assert.NotEmpty(checkpoint.Names);
            }
            catch (CheckpointException)
            {
                // What is expected; anything else fails the test.
            }
        }
    }

    private static byte[] Seed(int format)
    {
        var pickle = PickleBuilder.Dictionary(dict => dict
            .Text("epoch").Integer(7)
            .Text("model").Module(
                "Net",
                own => own.Text("w").Tensor("FloatStorage", "0", 6, 0, [3, 2], [1, 3]).Text("e").Tensor("FloatStorage", "0", 6, 2, [2, 2], [0, 1]),
                buffers => buffers.Text("n").MarkedTensor("LongStorage", "1", 1, "neg"),
                _ => { },
                more => more.Text("hook").Global("os", "system").Text("true").Raw(0x85, (byte)'R'))
            .Text("parameter").Global("torch._utils", "_rebuild_parameter_with_state").Mark().Vector("0", 6).Raw(0x88, (byte)'}')
            .Dict(state => state.Text("a").Integer(1)).Raw((byte)'t', (byte)'R'));
        var floats = ImportCase.Bytes(1, 2, 3, 4, 5, 6);
        return format switch
        {
            0 => PickleBuilder.Zip(pickle, "little", ("0", floats), ("1", new byte[8])),
            1 => PickleBuilder.Legacy(pickle, ("0", 6, floats), ("1", 1, new byte[8])),
            2 => PickleBuilder.Archive(
                CompressionLevel.Optimal, ("a/data.pkl", pickle), ("a/constants.pkl", new PickleBuilder().Vector("0", 1).Raw(0x85).End()), ("a/data/0", floats), ("a/data/1", new byte[8]),
                ("a/constants/0", ImportCase.Bytes(1))),
            _ => ProtoBuilder.Model(new ProtoBuilder()
                .Message(5, ProtoBuilder.Tensor("raw", 1, 3, 2).Bytes(9, floats))
                .Message(5, ProtoBuilder.Tensor("numbers", 3, 3).Packed(5, 1, -1, 2))
                .Message(5, ProtoBuilder.External("far", [4], ("location", "weights.bin"), ("offset", "16"), ("length", "16")))
                .Message(1, new ProtoBuilder().Text(2, "c").Text(4, "Constant").Message(5, new ProtoBuilder().Text(1, "value").Message(5, ProtoBuilder.Tensor("", 7, 2).Packed(7, 1, 2)))))
        };
    }

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var change = random.Next(1, 5); change > 0 && bytes.Count > 8; change--)
        {
            var place = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 24), bytes.Count - place);
            switch (random.Next(6))
            {
                case 0:
                    bytes[place] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[place] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes[place] = (byte)"(.}])0Nqhbrsu\u0081\u0085Q"[random.Next(15)];
                    break;
                case 3:
                    bytes.RemoveRange(place, length);
                    break;
                case 4:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(place, length));
                    break;
                default:
                    for (var i = place; i < place + length; i++)
                    {
                        bytes[i] = random.Next(2) == 0 ? (byte)0xFF : (byte)0;
                    }

                    break;
            }
        }

        return [.. bytes];
    }

    private string Bounded(byte[] file, ImportOptions? options = null)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = import.Refused(file, options);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
        return message;
    }
}
