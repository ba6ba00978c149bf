using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Reparam.Fuzz.Readers;

/// <summary>Small PyTorch files, instruction by instruction.</summary>
internal static class Pickle
{
    private static readonly byte[] LegacyMagic = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.'];

    /// <summary>A state dictionary in a zip archive: two tensors of one storage, one of them transposed.</summary>
    public static byte[] Zip(bool nested) =>
        Archive(("data.pkl", Dictionary(nested)), ("byteorder", "little"u8.ToArray()), ("data/0", Floats(12)), ("version", "3\n"u8.ToArray()));

    /// <summary>A TorchScript archive: modules within modules, a parameter with a state, a constant of the code.</summary>
    public static byte[] TorchScript() =>
        Archive(("data.pkl", [0x80, 2, .. Module(), (byte)'.']), ("constants.pkl", [0x80, 2, .. Tensor([2], [1], 3), 0x85, (byte)'.']), ("code/a.py", "pass"u8.ToArray()), ("data/0", Floats(12)), ("constants/0", Floats(12)));

    /// <summary>The tar file of the first versions: a storage, a part of it, and a tensor of that.</summary>
    public static byte[] Tar()
    {
        byte[] storages =
        [
            0x80, 2, .. Integer(1), (byte)'.', 0x80, 2, (byte)'(', .. Integer(7), .. Text("cpu"), (byte)'c', .. "torch\nFloatStorage\n"u8, (byte)'t', (byte)'.', .. BitConverter.GetBytes(12L), .. Floats(12),
            0x80, 2, (byte)']', (byte)'(', .. Integer(8), .. Integer(7), .. Integer(2), .. Integer(6), (byte)'t', (byte)'a', (byte)'.',
        ];
        byte[] tensors =
        [
            0x80, 2, .. Integer(1), (byte)'.', 0x80, 2, (byte)'(', .. Integer(9), .. Integer(8), (byte)'c', .. "torch\nFloatTensor\n"u8, (byte)'t', (byte)'.',
            .. new long[] { 2, 2, 2, 2, 1, 1 }.SelectMany(BitConverter.GetBytes),
        ];
        byte[] pickle = [0x80, 2, (byte)'}', .. Text("w"), .. Text("9"), (byte)'Q', (byte)'s', (byte)'.'];
        using var file = new MemoryStream();
        foreach (var (name, bytes) in new[] { ("sys_info", Array.Empty<byte>()), ("pickle", pickle), ("tensors", tensors), ("storages", storages) })
        {
            var header = new byte[512];
            Encoding.ASCII.GetBytes(name).CopyTo(header, 0);
            Encoding.ASCII.GetBytes(Convert.ToString(bytes.Length, 8).PadLeft(11, '0')).CopyTo(header, 124);
            "ustar"u8.CopyTo(header.AsSpan(257));
            file.Write(header);
            file.Write(bytes);
            file.Write(new byte[(512 - (bytes.Length % 512)) % 512]);
        }

        return file.ToArray();
    }

    private static byte[] Archive(params (string Name, byte[] Bytes)[] entries)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                using var entry = archive.CreateEntry($"archive/{name}", CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        }

        return file.ToArray();
    }

    private static byte[] Module()
    {
        byte[] parameter =
        [
            (byte)'c', .. "torch._utils\n_rebuild_parameter_with_state\n"u8, (byte)'(', .. Tensor([4], [0], 1), 0x88, (byte)'}', (byte)'}', .. Text("a"), (byte)'K', 1, (byte)'s', (byte)'t', (byte)'R',
        ];
        byte[] inner =
        [
            (byte)'c', .. "__torch__\nLinear\n"u8, (byte)')', 0x81, (byte)'}', (byte)'(', .. Text("weight"), .. Tensor([3, 4], [1, 3], 0), .. Text("bias"), (byte)'N', .. Text("old"), .. parameter, (byte)'u', (byte)'b',
        ];
        return
        [
            (byte)'c', .. "nn\nNet\n"u8, (byte)')', 0x81, (byte)'}', (byte)'(', .. Text("_parameters"), (byte)'}', .. Text("_buffers"), (byte)'}', .. Text("n"), .. Tensor([1], [1], 0), (byte)'s',
            .. Text("_modules"), (byte)'}', .. Text("fc"), .. inner, (byte)'s', .. Text("own"), (byte)']', .. Tensor([3, 4], [1, 3], 0), (byte)'a', (byte)'u', (byte)'b',
        ];
    }

    /// <summary>The same before PyTorch 1.6: pickles one behind the other, then the storages.</summary>
    public static byte[] Legacy()
    {
        byte[] system = [0x80, 2, (byte)'}', (byte)'(', .. Text("little_endian"), 0x88, (byte)'u', (byte)'.'];
        byte[] keys = [0x80, 2, (byte)']', (byte)'(', .. Text("0"), (byte)'e', (byte)'.'];
        return [.. LegacyMagic, 0x80, 2, .. Integer(1001), (byte)'.', .. system, .. Dictionary(nested: false), .. keys, .. BitConverter.GetBytes(12L), .. Floats(12)];
    }

    private static byte[] Dictionary(bool nested)
    {
        byte[] entries = [.. Text("a.weight"), .. Tensor([3, 4], [4, 1], 0), .. Text("a.bias"), .. Tensor([4], [3], 0), .. Text("t.weight"), .. Tensor([2, 3], [1, 2], 4)];
        byte[] dictionary = [(byte)'c', .. "collections\nOrderedDict\n"u8, (byte)')', (byte)'R', (byte)'q', 1, (byte)'(', .. entries, (byte)'u'];
        return nested
            ? [0x80, 2, (byte)'}', (byte)'(', .. Text("state_dict"), .. dictionary, .. Text("epoch"), (byte)'K', 3, .. Text("again"), (byte)'h', 1, .. Text("list"), (byte)']', (byte)'(', (byte)'N', (byte)'K', 1, (byte)'e', (byte)'u', (byte)'.']
            : [0x80, 2, .. dictionary, (byte)'.'];
    }

    private static byte[] Tensor(long[] shape, long[] strides, long offset) =>
    [
        (byte)'c', .. "torch._utils\n_rebuild_tensor_v2\n"u8, (byte)'(',
        (byte)'(', .. Text("storage"), (byte)'c', .. "torch\nFloatStorage\n"u8, .. Text("0"), .. Text("cpu"), .. Integer(12), (byte)'t', (byte)'Q',
        .. Integer(offset), .. Tuple(shape), .. Tuple(strides), 0x89, (byte)'N', (byte)'t', (byte)'R',
    ];

    private static byte[] Tuple(long[] values) => [(byte)'(', .. values.SelectMany(Integer), (byte)'t'];

    private static byte[] Text(string value) => [(byte)'X', .. BitConverter.GetBytes(value.Length), .. Encoding.UTF8.GetBytes(value)];

    private static byte[] Integer(long value)
    {
        var bytes = new byte[10];
        (bytes[0], bytes[1]) = (0x8A, 8);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(2), value);
        return bytes;
    }

    private static byte[] Floats(int count) => [.. Weights.Numbers(count, 5).SelectMany(BitConverter.GetBytes)];
}
