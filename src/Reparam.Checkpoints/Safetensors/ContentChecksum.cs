using System.Collections.Immutable;
using System.Globalization;
using System.IO.Hashing;

namespace Reparam.Checkpoints.Safetensors;

/// <summary>
/// The checksums that a file has in its metadata: XxHash128, as 32 lower-case hexadecimal digits, of the stored bytes of each tensor and of the header.
/// They tell damage, not intent: whoever changes a file on purpose can compute them anew.
/// </summary>
public static class ContentChecksum
{
    /// <summary>Metadata entry with a JSON object: name of every tensor → checksum of its bytes.</summary>
    public const string TensorsKey = "reparam.checksums";

    /// <summary>Metadata entry with the checksum of length prefix, header and padding, in which its own digits stand as zeros.</summary>
    public const string HeaderKey = "reparam.checksum";

    /// <summary>Hexadecimal digits of a checksum.</summary>
    internal const int Digits = 32;

    private const int Part = 1 << 20;

    private static readonly string Zeros = new('0', Digits);

    /// <summary>The checksum of a tensor: what the file says, which is compared when the tensor is read, or where it says none, that of the bytes.</summary>
    /// <exception cref="CheckpointException">No such tensor, or it cannot be read.</exception>
    public static UInt128 Of(ICheckpoint checkpoint, string name)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (checkpoint.Checksum(name) is { } known)
        {
            return known;
        }

        var hash = new XxHash128();
        var reader = new TensorReader(checkpoint, name);
        var buffer = new byte[(int)Math.Min(Part, reader.Remaining)];
        while (reader.Remaining > 0)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, reader.Remaining));
            reader.Read(part);
            hash.Append(part);
        }

        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>The digits of a checksum.</summary>
    public static string Format(UInt128 sum) => sum.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>Whether a text is a checksum's digits.</summary>
    internal static bool IsWellFormed(string text) => text.Length == Digits && text.All(char.IsAsciiHexDigitLower);

    /// <summary>The metadata with both entries: the checksums of the tensors, and zeros for that of the header.</summary>
    internal static SortedList<string, string> AddTo(SortedList<string, string> metadata, ImmutableArray<TensorToWrite> tensors, UInt128[] sums)
    {
        var sealing = new SortedList<string, string>(metadata, StringComparer.Ordinal)
        {
            [HeaderKey] = Zeros,
            [TensorsKey] = JsonText.Write(json =>
            {
                json.WriteStartObject();
                for (var i = 0; i < sums.Length; i++)
                {
                    json.WriteString(tensors[i].Info.Name, Format(sums[i]));
                }

                json.WriteEndObject();
            }),
        };
        return sealing;
    }

    /// <summary>Puts the checksum of a written header in the place of its zeros.</summary>
    /// <param name="header">Length prefix, header and padding; changed.</param>
    internal static byte[] Seal(byte[] header)
    {
        // A quotation mark within a value is escaped, so that these bytes stand nowhere else.
        var entry = System.Text.Encoding.ASCII.GetBytes($"\"{HeaderKey}\":\"{Zeros}\"");
        var place = header.AsSpan().IndexOf(entry) + entry.Length - 1 - Digits;
        System.Text.Encoding.ASCII.GetBytes(Format(OfHeader(header, place)), header.AsSpan(place, Digits));
        return header;
    }

    /// <summary>The checksum of a header.</summary>
    /// <param name="header">Length prefix, header and padding.</param>
    /// <param name="place">Index of the header's own digits in <paramref name="header"/>; they count as zeros.</param>
    internal static UInt128 OfHeader(ReadOnlySpan<byte> header, int place)
    {
        var hash = new XxHash128();
        Span<byte> zeros = stackalloc byte[Digits];
        zeros.Fill((byte)'0');
        hash.Append(header[..place]);
        hash.Append(zeros);
        hash.Append(header[(place + Digits)..]);
        return hash.GetCurrentHashAsUInt128();
    }
}
