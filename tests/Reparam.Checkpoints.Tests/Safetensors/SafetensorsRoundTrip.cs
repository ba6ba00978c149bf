using System.Buffers.Binary;
using System.Collections.Immutable;
using CsCheck;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Tests.Safetensors;

/// <summary>What is written is read back, bit for bit, and the same content gives the same bytes.</summary>
public sealed class SafetensorsRoundTrip : IDisposable
{
    private static readonly Gen<DType> DTypes = Gen.Int[0, Enum.GetValues<DType>().Length - 1].Select(value => (DType)value);

    // Sub-byte types need whole bytes: four times any shape is a multiple of 24 bits for 6-bit, of 16 for 4-bit elements.
    private static readonly Gen<(DType DType, long[] Shape, byte[] Bytes)> Tensors =
        from dtype in DTypes
        from shape in Gen.Long[0, 5].Array[0, 4]
        let whole = dtype.BitSize() < 8 ? [.. shape, 4L] : shape
        from bytes in Gen.Byte.Array[(int)(whole.Aggregate(1L, (product, dimension) => product * dimension) * dtype.BitSize() / 8)]
        select (dtype, whole, bytes);

    private static readonly Gen<string> Names = Gen.Char["abc.\"\\\né漢 \u0001<"].Array[0, 6].Select(letters => new string(letters));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Any_tensors_and_metadata_come_back_in_any_order_of_adding_with_the_same_bytes()
    {
        var path = folder.File("r.safetensors");
        Gen.Select(Gen.Dictionary(Names, Tensors)[0, 8], Gen.Dictionary(Names, Names)[0, 4]).Sample(
            (tensors, metadata) =>
            {
                var first = Bytes(tensors, metadata);
                Assert.Equal(first, Bytes(tensors.Reverse(), metadata.Reverse()));
                Assert.Equal(0, (8 + BinaryPrimitives.ReadInt64LittleEndian(first)) % 8);

                File.WriteAllBytes(path, first);
                using var file = SafetensorsFile.Open(path);
                Assert.Equal(tensors.Keys.Order(StringComparer.Ordinal), file.Names.Order(StringComparer.Ordinal));
                Assert.Equal(metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal), file.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal));
                foreach (var (name, tensor) in tensors)
                {
                    Assert.Equal(tensor.DType, file.Info(name).DType);
                    Assert.Equal(tensor.Shape, file.Info(name).Shape.ToArray());
                    Assert.Equal(tensor.Bytes, file.Bytes(name).ToArray());
                }
            },
            iter: 300, threads: 1);
    }

    [Fact]
    public void Every_dtype_has_its_own_name_and_reads_back_under_it()
    {
        var writer = new SafetensorsWriter();
        foreach (var dtype in Enum.GetValues<DType>())
        {
            writer.Add($"t.{dtype}", dtype, [4, 2], new byte[dtype.BitSize()]);
        }

        writer.Write(folder.File("d.safetensors"));
        using var file = SafetensorsFile.Open(folder.File("d.safetensors"));
        foreach (var dtype in Enum.GetValues<DType>())
        {
            Assert.Equal(dtype, file.Info($"t.{dtype}").DType);
            Assert.True(DTypeExtensions.TryParse(dtype.FormatName(), out var parsed));
            Assert.Equal(dtype, parsed);
        }
    }

    [Fact]
    public void The_header_is_the_documented_text()
    {
        var writer = new SafetensorsWriter();
        writer.Add<byte>("z", [1], new byte[] { 7 });
        writer.Add<float>("b", [1, 2], new[] { 1f, -2f });
        writer.Add<float>("a", [], new[] { 3f });
        writer.SetMetadata("y", "é\"");
        writer.SetMetadata("x", "1");
        using var stream = new MemoryStream();
        writer.Write(stream);
        var bytes = stream.ToArray();
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(
            """{"__metadata__":{"x":"1","y":"é\""},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]},"z":{"dtype":"U8","shape":[1],"data_offsets":[12,13]}}""",
            System.Text.Encoding.UTF8.GetString(bytes, 8, length).TrimEnd(' '));
        Assert.Equal(Convert.FromHexString("000040400000803F000000C007"), bytes[(8 + length)..]);
    }

    [Fact]
    public void Values_of_every_net_type_come_back()
    {
        var writer = new SafetensorsWriter();
        writer.Add<float>("f32", [2], new[] { float.NaN, -0f });
        writer.Add<double>("f64", [1], new[] { Math.PI });
        writer.Add<Half>("f16", [1], new[] { Half.Epsilon });
        writer.Add<bool>("bool", [2], new[] { true, false });
        writer.Add<sbyte>("i8", [1], new sbyte[] { -128 });
        writer.Add<byte>("u8", [1], new byte[] { 255 });
        writer.Add<short>("i16", [1], new short[] { -32768 });
        writer.Add<ushort>("u16", [1], new ushort[] { 65535 });
        writer.Add<int>("i32", [1], new[] { int.MinValue });
        writer.Add<uint>("u32", [1], new[] { uint.MaxValue });
        writer.Add<long>("i64", [1], new[] { long.MinValue });
        writer.Add<ulong>("u64", [1], new[] { ulong.MaxValue });
        writer.Write(folder.File("v.safetensors"));
        using var file = SafetensorsFile.Open(folder.File("v.safetensors"));
        Assert.Equal([float.NaN, -0f], file.ReadArray<float>("f32"));
        Assert.Equal([Math.PI], file.ReadArray<double>("f64"));
        Assert.Equal([Half.Epsilon], file.ReadArray<Half>("f16"));
        Assert.Equal([true, false], file.ReadArray<bool>("bool"));
        Assert.Equal([(sbyte)-128], file.ReadArray<sbyte>("i8"));
        Assert.Equal([short.MinValue], file.ReadArray<short>("i16"));
        Assert.Equal([int.MinValue], file.ReadArray<int>("i32"));
        Assert.Equal([uint.MaxValue], file.ReadArray<uint>("u32"));
        Assert.Equal([long.MinValue], file.ReadArray<long>("i64"));
        Assert.Equal([ulong.MaxValue], file.ReadArray<ulong>("u64"));

        Assert.Equal([255f], file.ReadSingles("u8"));
        Assert.Equal([1f, 0f], file.ReadSingles("bool"));
        Assert.Equal([65535f], file.ReadSingles("u16"));
        Assert.Equal([-2147483648f], file.ReadSingles("i32"));
        Assert.Equal([18446744073709551616f], file.ReadSingles("u64"));
        Assert.Equal([(float)Math.PI], file.ReadSingles("f64"));
        Assert.Equal([(float)Half.Epsilon], file.ReadSingles("f16"));
        Assert.Equal(CheckpointRule.Convertible, Assert.Throws<CheckpointException>(() => file.ReadArray<float>("f64")).Rule);
        Assert.Equal(CheckpointRule.Length, Assert.Throws<CheckpointException>(() => file.ReadSingles("f32", new float[3])).Rule);
        Assert.Equal(CheckpointRule.TensorExists, Assert.Throws<CheckpointException>(() => file.ReadSingles("nothing")).Rule);
    }

    [Fact]
    public void Complex_and_small_floats_are_copied_and_not_converted()
    {
        var writer = new SafetensorsWriter();
        writer.Add("c", DType.C64, [1], new byte[8]);
        writer.Add("q", DType.F8E4M3, [2], new byte[] { 1, 2 });
        writer.Write(folder.File("c.safetensors"));
        using var file = SafetensorsFile.Open(folder.File("c.safetensors"));
        Assert.Equal(CheckpointRule.Convertible, Assert.Throws<CheckpointException>(() => file.ReadSingles("c")).Rule);
        Assert.Equal(CheckpointRule.Convertible, Assert.Throws<CheckpointException>(() => file.ReadSingles("q", new float[2])).Rule);
        Assert.Equal([1, 2], file.Bytes("q").ToArray());
    }

    [Fact]
    public void Parts_of_a_tensor_are_bounded()
    {
        var writer = new SafetensorsWriter();
        writer.Add<byte>("a", [4], new byte[] { 1, 2, 3, 4 });
        writer.Add<byte>("b", [4], new byte[] { 5, 6, 7, 8 });
        writer.Write(folder.File("p.safetensors"));
        using var file = SafetensorsFile.Open(folder.File("p.safetensors"));
        Assert.Equal([3, 4], file.Bytes("a", 2, 2).ToArray());
        Assert.Empty(file.Bytes("a", 4, 0).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Bytes("a", 2, 3).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Bytes("a", -1, 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Bytes("a", long.MaxValue, 1).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Bytes("a", 0, -1).Length);
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Bytes("a").Length);
    }

    [Fact]
    public void A_tensor_longer_than_one_part_is_read_and_copied_whole()
    {
        var values = new float[700_001];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = i * 0.5f;
        }

        var writer = new SafetensorsWriter();
        writer.Add<float>("w", [values.Length], values);
        writer.Write(folder.File("w.safetensors"));
        using var file = SafetensorsFile.Open(folder.File("w.safetensors"));
        Assert.Equal(values, file.ReadSingles("w"));
        Assert.Equal(values, file.ReadArray<float>("w"));

        var copy = new SafetensorsWriter();
        copy.Add(file, "w");
        copy.Write(folder.File("x.safetensors"));
        Assert.Equal(File.ReadAllBytes(folder.File("w.safetensors")), File.ReadAllBytes(folder.File("x.safetensors")));
    }

    [Fact]
    public void A_tensor_beyond_2_GiB_is_read_in_parts()
    {
        // A file with a hole: the disk holds only the ends.
        const long Length = 2_300_000_000;
        var header = System.Text.Encoding.UTF8.GetBytes($"{{{RawSafetensors.Tensor("w", "U8", $"[{Length}]", 0, Length)}}}");
        using (var stream = File.Create(folder.File("big.safetensors")))
        {
            stream.Write(RawSafetensors.Build(header, []));
            stream.SetLength(stream.Length + Length);
            stream.Seek(-2, SeekOrigin.End);
            stream.Write([7, 8]);
        }

        using var file = SafetensorsFile.Open(folder.File("big.safetensors"));
        Assert.Equal([0, 7, 8], file.Bytes("w", Length - 3, 3).ToArray());
        Assert.Equal(CheckpointRule.Length, Assert.Throws<CheckpointException>(() => file.Bytes("w").Length).Rule);
        Assert.Equal(CheckpointRule.Length, Assert.Throws<CheckpointException>(() => file.ReadSingles("w")).Rule);
        Assert.Equal(CheckpointRule.Length, Assert.Throws<CheckpointException>(() => file.ReadArray<byte>("w")).Rule);
    }

    private static byte[] Bytes(
        IEnumerable<KeyValuePair<string, (DType DType, long[] Shape, byte[] Bytes)>> tensors, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in tensors)
        {
            writer.Add(name, tensor.DType, tensor.Shape, tensor.Bytes);
        }

        foreach (var (key, value) in metadata)
        {
            writer.SetMetadata(key, value);
        }

        using var stream = new MemoryStream();
        writer.Write(stream);
        return stream.ToArray();
    }
}
