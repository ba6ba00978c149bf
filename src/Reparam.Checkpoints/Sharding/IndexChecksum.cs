using System.IO.Hashing;
using System.Text;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Sharding;

/// <summary>
/// The checksum that an index has in its <c>metadata</c> when its shards have checksums: XxHash128 of the index, in which its own digits stand as zeros,
/// followed by the digits of the shards' headers in ordinal order of their file names. It tells a changed index, and a shard of another write.
/// </summary>
internal static class IndexChecksum
{
    /// <summary>The entry, the same as in the header of a file.</summary>
    public const string Key = ContentChecksum.HeaderKey;

    /// <summary>The digits of an index that is not complete.</summary>
    public static readonly string Zeros = new('0', ContentChecksum.Digits);

    private static readonly byte[] Entry = Encoding.ASCII.GetBytes($"\"{Key}\": \"");

    /// <summary>Whether an index has the entry.</summary>
    public static bool IsIn(ReadOnlySpan<byte> index) => Place(index) >= 0;

    /// <summary>Puts the checksum of an index in the place of its zeros.</summary>
    /// <param name="index">The index; changed.</param>
    /// <param name="shards">Checksums of the shards' headers, in ordinal order of their file names.</param>
    public static void Seal(Span<byte> index, IEnumerable<string> shards)
    {
        var place = Place(index);
        Encoding.ASCII.GetBytes(Of(index, place, shards), index.Slice(place, ContentChecksum.Digits));
    }

    /// <summary>Compares.</summary>
    /// <param name="path">Path of the index, for messages.</param>
    /// <param name="index">The index.</param>
    /// <param name="shards">The shards, which have checksums, in ordinal order of their file names.</param>
    /// <exception cref="CheckpointException">The index has no checksum, or another one.</exception>
    public static void Require(string path, ReadOnlySpan<byte> index, IEnumerable<SafetensorsFile> shards)
    {
        var place = Place(index);
        if (place < 0)
        {
            throw Broken(path, $"found no '{Key}' in the index, expected it, since its shards have checksums: the index was changed");
        }

        var expected = Encoding.Latin1.GetString(index.Slice(place, ContentChecksum.Digits));
        if (Of(index, place, shards.Select(shard => shard.Metadata[Key])) is var found && found != expected)
        {
            throw Broken(
                path, $"found an index and shards with the checksum {found}, expected {expected} as the index says: the index was changed, or a shard is of "
                    + "another checkpoint");
        }
    }

    private static int Place(ReadOnlySpan<byte> index)
    {
        var place = index.IndexOf(Entry);
        return place >= 0 && place + Entry.Length + ContentChecksum.Digits <= index.Length ? place + Entry.Length : -1;
    }

    private static string Of(ReadOnlySpan<byte> index, int place, IEnumerable<string> shards)
    {
        var hash = new XxHash128();
        hash.Append(index[..place]);
        hash.Append(Encoding.ASCII.GetBytes(Zeros));
        hash.Append(index[(place + ContentChecksum.Digits)..]);
        foreach (var shard in shards)
        {
            hash.Append(Encoding.ASCII.GetBytes(shard));
        }

        return ContentChecksum.Format(hash.GetCurrentHashAsUInt128());
    }

    private static CheckpointException Broken(string path, string detail) => new(path, null, CheckpointRule.Checksum, detail);
}
