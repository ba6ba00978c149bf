using System.Buffers.Binary;

namespace Reparam.Fuzz.Mutation;

/// <summary>A safetensors file: header and data, with the header's length in front.</summary>
internal sealed class SafetensorsParts : Container
{
    private const int PrefixLength = 8;

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
        return file;
    }
}
