using System.Buffers.Binary;
using System.Text;
using Reparam.Checkpoints.Safetensors;
using static Reparam.Checkpoints.Tests.RawSafetensors;

namespace Reparam.Checkpoints.Tests.Safetensors;

/// <summary>Each rule of the format with a file that breaks it and nothing else.</summary>
public sealed class SafetensorsRules : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<CheckpointRule, string?, string, int> BrokenHeaders()
    {
        var a = Tensor("a", "F32", "[2]", 0, 8);
        return new()
        {
            { CheckpointRule.HeaderStart, null, "", 0 },
            { CheckpointRule.HeaderStart, null, " {}", 0 },
            { CheckpointRule.HeaderStart, null, "[]", 0 },
            { CheckpointRule.HeaderStart, null, "\uFEFF{}", 0 },
            { CheckpointRule.HeaderJson, null, "{", 0 },
            { CheckpointRule.HeaderJson, null, "{}\n", 0 },
            { CheckpointRule.HeaderJson, null, "{}\0", 0 },
            { CheckpointRule.HeaderJson, null, "{} {}", 0 },
            { CheckpointRule.HeaderJson, null, "{}}", 0 },
            { CheckpointRule.HeaderJson, null, $"{{{a},}}", 8 },
            { CheckpointRule.HeaderJson, null, $"{{/* */{a}}}", 8 },
            { CheckpointRule.HeaderJson, null, """{"\ud800":{}}""", 0 },
            { CheckpointRule.Shape, "a", """{"a":{"dtype":"F32","shape":""" + new string('[', 5000) + "}", 0 },
            { CheckpointRule.HeaderJson, null, """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,08]}}""", 8 },
            { CheckpointRule.Metadata, null, """{"__metadata__":[]}""", 0 },
            { CheckpointRule.Metadata, null, """{"__metadata__":null}""", 0 },
            { CheckpointRule.Metadata, null, """{"__metadata__":{"k":1}}""", 0 },
            { CheckpointRule.Metadata, null, """{"__metadata__":{"k":{"l":"v"}}}""", 0 },
            { CheckpointRule.UniqueName, null, """{"__metadata__":{},"__metadata__":{}}""", 0 },
            { CheckpointRule.UniqueName, null, """{"__metadata__":{"k":"1","k":"1"}}""", 0 },
            { CheckpointRule.UniqueName, null, """{"__metadata__":{"k":"1","\u006b":"1"}}""", 0 },
            { CheckpointRule.UniqueName, "a", $"{{{a},{a}}}", 8 },
            { CheckpointRule.TensorEntry, "a", """{"a":1}""", 0 },
            { CheckpointRule.TensorEntry, "a", """{"a":{}}""", 0 },
            { CheckpointRule.TensorEntry, "a", """{"a":{"dtype":"F32","shape":[2]}}""", 8 },
            { CheckpointRule.TensorEntry, "a", """{"a":{"dtype":"F32","data_offsets":[0,8]}}""", 8 },
            { CheckpointRule.TensorEntry, "a", """{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8 },
            { CheckpointRule.TensorEntry, "a", """{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8 },
            { CheckpointRule.TensorEntry, "a", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"strides":[1]}}""", 8 },
            { CheckpointRule.KnownDType, "a", $"{{{Tensor("a", "F31", "[2]", 0, 8)}}}", 8 },
            { CheckpointRule.KnownDType, "a", $"{{{Tensor("a", "f32", "[2]", 0, 8)}}}", 8 },
            { CheckpointRule.KnownDType, "a", """{"a":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", 8 },
            { CheckpointRule.Shape, "a", $"{{{Tensor("a", "F32", "[-2]", 0, 8)}}}", 8 },
            { CheckpointRule.Shape, "a", $"{{{Tensor("a", "F32", "[-0]", 0, 0)}}}", 0 },
            { CheckpointRule.Shape, "a", $"{{{Tensor("a", "F32", "[2.0]", 0, 8)}}}", 8 },
            { CheckpointRule.Shape, "a", $"{{{Tensor("a", "F32", "[2e0]", 0, 8)}}}", 8 },
            { CheckpointRule.Shape, "a", $"{{{Tensor("a", "F32", "[\"2\"]", 0, 8)}}}", 8 },
            { CheckpointRule.Shape, "a", $"{{{Tensor("a", "F32", "2", 0, 8)}}}", 8 },
            { CheckpointRule.Shape, "a", $"{{{Tensor("a", "F32", "[9223372036854775808]", 0, 8)}}}", 8 },
            { CheckpointRule.Size, "a", $"{{{Tensor("a", "F32", "[4611686018427387904,2]", 0, 0)}}}", 0 },
            { CheckpointRule.Size, "a", $"{{{Tensor("a", "F32", "[4611686018427387904,4,0]", 0, 0)}}}", 0 },
            { CheckpointRule.Size, "a", $"{{{Tensor("a", "F64", "[4611686018427387904]", 0, 0)}}}", 0 },
            { CheckpointRule.Size, "a", $"{{{Tensor("a", "F4", "[3]", 0, 2)}}}", 2 },
            { CheckpointRule.Size, "a", $"{{{Tensor("a", "F6_E2M3", "[3]", 0, 3)}}}", 3 },
            { CheckpointRule.Offsets, "a", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8]}}""", 8 },
            { CheckpointRule.Offsets, "a", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", 8 },
            { CheckpointRule.Offsets, "a", $"{{{Tensor("a", "F32", "[2]", 8, 0)}}}", 8 },
            { CheckpointRule.Offsets, "a", $"{{{Tensor("a", "F32", "[2]", -8, 0)}}}", 8 },
            { CheckpointRule.Offsets, "a", """{"a":{"dtype":"F32","shape":[2],"data_offsets":null}}""", 8 },
            { CheckpointRule.ByteLength, "a", $"{{{Tensor("a", "F32", "[2]", 0, 4)}}}", 4 },
            { CheckpointRule.ByteLength, "a", $"{{{Tensor("a", "F32", "[2]", 0, 12)}}}", 12 },
            { CheckpointRule.ByteLength, "a", $"{{{Tensor("a", "F32", "[]", 0, 0)}}}", 0 },
            { CheckpointRule.NoOverlap, "b", $"{{{a},{Tensor("b", "F32", "[2]", 4, 12)}}}", 12 },
            { CheckpointRule.NoOverlap, "b", $"{{{a},{Tensor("b", "F32", "[2]", 0, 8)}}}", 8 },
            { CheckpointRule.NoHole, "b", $"{{{a},{Tensor("b", "F32", "[2]", 12, 20)}}}", 20 },
            { CheckpointRule.NoHole, "a", $"{{{Tensor("a", "F32", "[2]", 4, 12)}}}", 12 },
            { CheckpointRule.Coverage, "a", $"{{{a}}}", 7 },
            { CheckpointRule.Coverage, null, $"{{{a}}}", 9 },
            { CheckpointRule.Coverage, null, "{}", 1 },
            { CheckpointRule.Coverage, "a", $"{{{Tensor("a", "U8", "[1152921504606846976]", 0, 1152921504606846976)}}}", 8 },
        };
    }

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(BrokenHeaders))]
    public void A_broken_rule_is_named_with_file_and_tensor(CheckpointRule rule, string? tensor, string header, int dataLength)
    {
        var exception = Refused(Build(header, dataLength));
        Assert.Equal(rule, exception.Rule);
        if (tensor is not null)
        {
            Assert.Equal(tensor, exception.Tensor);
            Assert.Contains($"'{tensor}'", exception.Message);
        }

        Assert.Equal(folder.File("t.safetensors"), exception.File);
        Assert.StartsWith(exception.File, exception.Message);
        Assert.Contains($"[{rule}]", exception.Message);
    }

    [Theory]
    [InlineData(100_000_001)]
    [InlineData(3)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void A_header_longer_than_the_file_or_the_limit_is_refused(long length)
    {
        var bytes = Build("{}", 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        Assert.Equal(CheckpointRule.HeaderLength, Refused(bytes).Rule);
    }

    [Fact]
    public void A_header_that_is_not_utf8_is_refused()
    {
        var header = Encoding.UTF8.GetBytes($"{{{Tensor("a", "F32", "[2]", 0, 8)}}}");
        header[2] = 0xFF;
        Assert.Equal(CheckpointRule.HeaderUtf8, Refused(Build(header, new byte[8])).Rule);
    }

    [Fact]
    public void Every_truncation_of_a_file_is_refused()
    {
        var whole = Small();
        for (var length = 0; length < whole.Length; length++)
        {
            Refused(whole[..length]);
        }

        Refused([.. whole, 0]);
        using var opened = SafetensorsFile.Open(Write(whole));
        Assert.Equal(2, opened.Names.Count);
    }

    [Fact]
    public void A_changed_byte_in_front_of_the_data_is_refused_or_gives_a_file_that_can_be_read_whole()
    {
        var whole = Small();
        var dataStart = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        foreach (var value in (byte[])[0, (byte)' ', (byte)'"', (byte)'0', (byte)'9', (byte)'{', (byte)'}', (byte)'[', 0x80, 0xFF])
        {
            for (var place = 0; place < dataStart; place++)
            {
                var bytes = (byte[])whole.Clone();
                bytes[place] = value;
                try
                {
                    using var opened = SafetensorsFile.Open(Write(bytes));
                    Assert.Equal(bytes.Length - 8 - BinaryPrimitives.ReadInt64LittleEndian(bytes), opened.Names.Sum(name => (long)opened.Bytes(name).Length));
                }
                catch (CheckpointException)
                {
                }
            }
        }
    }

    [Fact]
    public void What_the_format_allows_is_accepted()
    {
        using var empty = SafetensorsFile.Open(Write(Build("{}", 0)));
        Assert.Empty(empty.Names);
        Assert.Empty(empty.Metadata);

        // Any order in the header, scalars, empty tensors that share an offset, spaces at the end, unaligned data.
        var header = $$$"""{"b":{"data_offsets":[1,5],"shape":[],"dtype":"F32"},{{{Tensor("e", "F64", "[0,9]", 1, 1)}}},{{{Tensor("f", "U8", "[7,0]", 5, 5)}}},"__metadata__":{"k":"v"},{{{Tensor("a", "BOOL", "[1]", 0, 1)}}},"":{"dtype":"F4","shape":[2],"data_offsets":[5,6]}}     """;
        using var file = SafetensorsFile.Open(Write(Build(header, 6), "u.safetensors"));
        Assert.Equal(["a", "e", "b", "f", ""], file.Names);
        Assert.Equal("v", file.Metadata["k"]);
        Assert.Equal(0f, Assert.Single(file.ReadSingles("b")));
        Assert.Empty(file.ReadSingles("e"));
        Assert.Equal([0, 9], file.Info("e").Shape.ToArray());
    }

    [Theory]
    [InlineData("absent.safetensors")]
    [InlineData("")]
    [InlineData("t.safetensors/below")]
    [InlineData(".")]
    [InlineData("a\0b")]
    public void A_path_that_is_no_file_is_refused(string name)
    {
        Write(Build("{}", 0));
        var path = name.Length == 0 ? "" : folder.File(name);
        Assert.Equal(CheckpointRule.Readable, Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path)).Rule);
    }

    private static byte[] Small()
    {
        var header = """{"__metadata__":{"k":"v"},""" + Tensor("a", "F32", "[2,1]", 0, 8) + "," + Tensor("é", "U8", "[3]", 8, 11) + "}";
        return Build(header, 11);
    }

    private CheckpointException Refused(byte[] bytes)
    {
        var path = Write(bytes);
        return Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path).Dispose());
    }

    private string Write(byte[] bytes, string name = "t.safetensors")
    {
        var path = folder.File(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
