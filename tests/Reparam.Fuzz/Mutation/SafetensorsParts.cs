using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json.Nodes;

namespace Reparam.Fuzz.Mutation;

/// <summary>A safetensors file: header and data, with the header's length in front. A checksum of the header that it has is computed anew, as docs/formats/packed.md says.</summary>
internal sealed class SafetensorsParts : Container
{
    private const int PrefixLength = 8;
    private const int Digits = 32;
    private const string TensorSums = "reparam.checksums";
    private const string HeaderSum = "reparam.checksum";

    private static ReadOnlySpan<byte> Entry => "\"reparam.checksum\":\""u8;

    /// <inheritdoc/>
    public override Part[]? Split(byte[] file)
    {
        if (file.Length < PrefixLength || BinaryPrimitives.ReadUInt64LittleEndian(file) is var length && length > (ulong)(file.Length - PrefixLength))
        {
            return null;
        }

        var end = PrefixLength + (int)length;
        return [new Part(file[PrefixLength..end], IsJson: true), new Part(file[end..], IsJson: false)];
    }

    /// <inheritdoc/>
    public override byte[] Join(Part[] parts)
    {
        var header = parts[0].Bytes.AsSpan().TrimEnd((byte)' ');
        var length = (header.Length + 7) & ~7;
        var file = new byte[PrefixLength + length + parts[1].Bytes.Length];
        BinaryPrimitives.WriteInt64LittleEndian(file, length);
        file.AsSpan(PrefixLength, length).Fill((byte)' ');
        header.CopyTo(file.AsSpan(PrefixLength));
        parts[1].Bytes.CopyTo(file.AsSpan(PrefixLength + length));
        Seal(file.AsSpan(0, PrefixLength + length));
        return file;
    }

    /// <inheritdoc/>
    public override Part[]? Restructure(Random random, Part[] parts) => TensorMutator.Mutate(random, parts[0].Bytes, parts[1].Bytes) is { } changed
        ? [parts[0] with { Bytes = changed.Header }, parts[1] with { Bytes = changed.Data }]
        : null;

    /// <summary>The file as it would have been written before there were checksums.</summary>
    public byte[] WithoutChecksums(byte[] file)
    {
        var parts = Split(file)!;
        var header = JsonNode.Parse(parts[0].Bytes)!;
        var metadata = header["__metadata__"]!.AsObject();
        metadata.Remove(TensorSums);
        metadata.Remove(HeaderSum);
        return Join([parts[0] with { Bytes = Encoding.UTF8.GetBytes(header.ToJsonString()) }, parts[1]]);
    }

    private static void Seal(Span<byte> header)
    {
        var place = header.IndexOf(Entry);
        if (place < 0 || place + Entry.Length + Digits > header.Length)
        {
            return;
        }

        var digits = header.Slice(place + Entry.Length, Digits);
        digits.Fill((byte)'0');
        Encoding.ASCII.GetBytes(XxHash128.HashToUInt128(header).ToString("x32", CultureInfo.InvariantCulture), digits);
    }
}
