using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Tests.Safetensors;

public sealed class ContentChecksum_Tests
{
    [Fact]
    public void Both_entries_are_what_the_format_says()
    {
        var bytes = Seekable(Writer());
        using var file = new TemporaryFolder();
        var path = Path.Combine(file.Path, "m.safetensors");
        File.WriteAllBytes(path, bytes);
        using var opened = SafetensorsFile.Open(path);

        var tensors = JsonSerializer.Deserialize<Dictionary<string, string>>(opened.Metadata["reparam.checksums"])!;
        Assert.Equal(opened.Names.Order(), tensors.Keys.Order());
        Assert.All(tensors, entry => Assert.Equal(Convert.ToHexStringLower(XxHash128.Hash(opened.Bytes(entry.Key))), entry.Value));

        var header = bytes[..(8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes))];
        var digits = opened.Metadata["reparam.checksum"];
        var place = Encoding.UTF8.GetString(header).IndexOf(digits, StringComparison.Ordinal);
        header.AsSpan(Encoding.UTF8.GetByteCount(Encoding.UTF8.GetString(header)[..place]), 32).Fill((byte)'0');
        Assert.Equal(Convert.ToHexStringLower(XxHash128.Hash(header)), digits);
    }

    [Fact]
    public void A_stream_that_cannot_seek_gets_the_same_bytes()
    {
        using var memory = new MemoryStream();
        Writer().Write(new ForwardOnly(memory));
        Assert.Equal(Seekable(Writer()), memory.ToArray());
    }

    [Fact]
    public void A_file_may_begin_within_a_stream()
    {
        using var memory = new MemoryStream();
        memory.Write([1, 2, 3]);
        Writer().Write(memory);
        memory.Write([4]);
        Assert.Equal([1, 2, 3, .. Seekable(Writer()), 4], memory.ToArray());
    }

    [Fact]
    public void A_source_that_gives_other_bytes_the_second_time_is_refused()
    {
        byte calls = 0;
        var writer = new SafetensorsWriter { HasChecksums = true };
        writer.Add("w", DType.U8, [1], (destination, _) => destination.WriteByte(++calls));
        using var memory = new MemoryStream();
        var exception = Assert.Throws<CheckpointException>(() => writer.Write(new ForwardOnly(memory)));
        Assert.Equal((CheckpointRule.DataSource, "w"), (exception.Rule, exception.Tensor));
    }

    private static SafetensorsWriter Writer()
    {
        var writer = new SafetensorsWriter { HasChecksums = true };
        writer.Add("ä \"reparam.checksum\":\"", [3], new ReadOnlyMemory<float>([1, 2, 3]));
        writer.Add("empty", DType.U8, [0], ReadOnlyMemory<byte>.Empty);
        writer.Add("b", [2, 2], new ReadOnlyMemory<byte>([5, 6, 7, 8]));
        writer.SetMetadata("a", "\"reparam.checksum\":\"00000000000000000000000000000000\"");
        writer.SetMetadata("z", "é");
        return writer;
    }

    private static byte[] Seekable(SafetensorsWriter writer)
    {
        using var memory = new MemoryStream();
        writer.Write(memory);
        return memory.ToArray();
    }

    /// <summary>A stream that takes bytes and can do nothing else, as a pipe.</summary>
    private sealed class ForwardOnly(Stream destination) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => destination.Write(buffer, offset, count);

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
