using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Reparam.Checkpoints.Tests.Import;

/// <summary>Writes pickles and PyTorch files instruction by instruction.</summary>
internal sealed class PickleBuilder
{
    public static readonly byte[] Magic = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.'];

    private readonly MemoryStream bytes = new();

    public PickleBuilder(byte protocol = 2) => Raw(0x80, protocol);

    public PickleBuilder Raw(params byte[] instructions)
    {
        bytes.Write(instructions);
        return this;
    }

    public PickleBuilder Text(string value)
    {
        var utf8 = Encoding.UTF8.GetBytes(value);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        return Raw([(byte)'X', .. length, .. utf8]);
    }

    public PickleBuilder Integer(long value)
    {
        var little = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(little, value);
        return Raw([0x8A, 8, .. little]);
    }

    public PickleBuilder Global(string module, string name) => Raw([(byte)'c', .. Encoding.ASCII.GetBytes($"{module}\n{name}\n")]);

    public PickleBuilder Mark() => Raw((byte)'(');

    public PickleBuilder Tuple(params long[] values)
    {
        Mark();
        foreach (var value in values)
        {
            Integer(value);
        }

        return Raw((byte)'t');
    }

    public PickleBuilder Tensor(string storageType, string key, long storageElements, long offset, long[] shape, long[] strides)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Mark();
        Mark().Text("storage").Global("torch", storageType).Text(key).Text("cpu").Integer(storageElements).Raw((byte)'t', (byte)'Q');
        return Integer(offset).Tuple(shape).Tuple(strides).Raw(0x89).Raw((byte)'N', (byte)'t', (byte)'R');
    }

    /// <summary>A tensor with a mark that PyTorch keeps beside the values, such as <c>neg</c>.</summary>
    public PickleBuilder MarkedTensor(string storageType, string key, long elements, params string[] marks)
    {
        Global("torch._utils", "_rebuild_tensor_v2").Mark();
        Mark().Text("storage").Global("torch", storageType).Text(key).Text("cpu").Integer(elements).Raw((byte)'t', (byte)'Q');
        Integer(0).Tuple(elements).Tuple(1).Raw(0x89).Raw((byte)'N').Raw((byte)'}');
        foreach (var mark in marks)
        {
            Text(mark).Raw(0x88, (byte)'s');
        }

        return Raw((byte)'t', (byte)'R');
    }

    /// <summary>A float32 vector that is a whole storage.</summary>
    public PickleBuilder Vector(string key, long elements) => Tensor("FloatStorage", key, elements, 0, [elements], [1]);

    /// <summary>A dictionary as a value.</summary>
    public PickleBuilder Dict(Action<PickleBuilder> entries)
    {
        Raw((byte)'}').Mark();
        entries(this);
        return Raw((byte)'u');
    }

    /// <summary>An object without arguments whose state is a dictionary.</summary>
    public PickleBuilder Object(string module, string name, Action<PickleBuilder> state) =>
        Global(module, name).Raw((byte)')', 0x81).Dict(state).Raw((byte)'b');

    /// <summary>A module as torch.nn.Module has it.</summary>
    public PickleBuilder Module(string name, Action<PickleBuilder> parameters, Action<PickleBuilder> buffers, Action<PickleBuilder> modules, Action<PickleBuilder>? more = null) =>
        Object("models", name, state =>
        {
            state.Text("training").Raw(0x88);
            state.Text("_parameters").Dict(parameters).Text("_buffers").Dict(buffers).Text("_modules").Dict(modules);
            more?.Invoke(state);
        });

    public byte[] End()
    {
        Raw((byte)'.');
        return bytes.ToArray();
    }

    /// <summary>A dictionary built by a delegate between its mark and SETITEMS.</summary>
    public static byte[] Dictionary(Action<PickleBuilder> entries)
    {
        var pickle = new PickleBuilder().Raw((byte)'}').Mark();
        entries(pickle);
        return pickle.Raw((byte)'u').End();
    }

    public static byte[] Legacy(byte[] pickle, params (string Key, long Elements, byte[] Bytes)[] storages)
    {
        using var file = new MemoryStream();
        file.Write(Magic);
        file.Write(new PickleBuilder().Integer(1001).End());
        file.Write(Dictionary(system => system.Text("little_endian").Raw(0x88)));
        file.Write(pickle);
        var keys = new PickleBuilder().Raw((byte)']').Mark();
        foreach (var storage in storages)
        {
            keys.Text(storage.Key);
        }

        file.Write(keys.Raw((byte)'e').End());
        foreach (var (_, elements, bytes) in storages)
        {
            var prefix = new byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(prefix, elements);
            file.Write(prefix);
            file.Write(bytes);
        }

        return file.ToArray();
    }

    public static byte[] Zip(byte[] pickle, string byteOrder, params (string Key, byte[] Bytes)[] storages) =>
        Archive(
            CompressionLevel.NoCompression,
            [("archive/data.pkl", pickle), ("archive/byteorder", Encoding.ASCII.GetBytes(byteOrder)), .. storages.Select(storage => ($"archive/data/{storage.Key}", storage.Bytes))]);

    /// <summary>A zip archive.</summary>
    public static byte[] Archive(CompressionLevel level, params (string Name, byte[] Bytes)[] entries)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                using var entry = archive.CreateEntry(name, level).Open();
                entry.Write(bytes);
            }
        }

        return file.ToArray();
    }
}
