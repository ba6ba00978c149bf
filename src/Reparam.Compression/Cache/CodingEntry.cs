using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Methods;

namespace Reparam.Compression.Cache;

/// <summary>
/// One coded weight as a file: a packed file with one layer, whose name is the first half of the key and the first half of the SHA-256 of all its bytes. So a
/// file that was cut, changed or renamed is told from what was written.
/// </summary>
internal static partial class CodingEntry
{
    private const string RecordKey = "reparam.coding";
    private const string Layer = "weight";
    private const string Extension = ".coded";
    private const int Half = 32;

    /// <summary>The files that may hold the coding of a key, in ordinal order; more than one only where one of them is damaged.</summary>
    public static IEnumerable<string> FilesOf(string folder, string key) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, $"{key[..Half]}-*{Extension}").Where(IsEntry).Order(StringComparer.Ordinal) : [];

    /// <summary>Whether a file has the name of an entry.</summary>
    public static bool IsEntry(string file) => EntryName().IsMatch(Path.GetFileName(file));

    /// <summary>Whether a file has the name of an entry that was being written.</summary>
    public static bool IsUnfinished(string file) => UnfinishedName().IsMatch(Path.GetFileName(file));

    /// <summary>Reads an entry; every bit of it is checked.</summary>
    /// <param name="file">The file.</param>
    /// <param name="key">The key that it must have.</param>
    /// <param name="job">What the coding is to be of.</param>
    /// <exception cref="InvalidDataException">It is not what was written, or was written for something else.</exception>
    /// <exception cref="CheckpointException">It cannot be read.</exception>
    /// <exception cref="JsonException">Its record is of another version.</exception>
    public static CodedLayer Read(string file, string key, LayerJob job)
    {
        InputFile.RequireFile(file);
        string hash;
        using (var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
        {
            hash = Convert.ToHexStringLower(SHA256.HashData(stream));
        }

        if (Path.GetFileName(file) != NameOf(key, hash))
        {
            throw new InvalidDataException("its bytes are not those that were written");
        }

        using var packed = PackedFile.Open(file);
        if (!packed.Checkpoint.Metadata.TryGetValue(RecordKey, out var json) || !packed.Layers.ContainsKey(Layer))
        {
            throw new InvalidDataException("it is a packed file and no entry of a cache");
        }

        var record = CodingRecord.Parse(json);
        if (record.Key != key)
        {
            throw new InvalidDataException("it was written for another coding");
        }

        var matrix = packed.ReadMatrix(Layer);
        return matrix.Rows == job.Rows && matrix.Columns == job.Columns
            ? record.With(matrix)
            : throw new InvalidDataException($"it is [{matrix.Rows}, {matrix.Columns}], expected [{job.Rows}, {job.Columns}]");
    }

    /// <summary>Writes an entry; it appears whole or not at all.</summary>
    /// <returns>The file.</returns>
    /// <exception cref="CheckpointException">It cannot be written.</exception>
    /// <exception cref="ArgumentException">The matrix is not in canonical form, or an error is not finite.</exception>
    /// <exception cref="InvalidOperationException">The format does not write what its spec lists.</exception>
    public static string Write(string folder, string key, LayerJob job, CodedLayer coded)
    {
        using var writer = new PackedFileWriter();
        long[] shape = job.Channels == job.Columns ? [job.Rows, job.Columns] : [job.Rows, job.Channels, job.Columns / job.Channels];
        writer.AddLayer(Layer, job.Options.Method.Name, shape, DType.F32, coded.Matrix);
        writer.SetMetadata(RecordKey, CodingRecord.Of(key, coded).Format());
        using var hash = SHA256.Create();
        using (var stream = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
        {
            writer.Write(stream, job.Cancellation);
        }

        var file = Path.Combine(folder, NameOf(key, Convert.ToHexStringLower(hash.Hash!)));
        AtomicFile.Write(file, stream => writer.Write(stream, job.Cancellation));
        return file;
    }

    private static string NameOf(string key, string hash) => $"{key[..Half]}-{hash[..Half]}{Extension}";

    [GeneratedRegex(@"^[0-9a-f]{32}-[0-9a-f]{32}\.coded\z")]
    private static partial Regex EntryName();

    [GeneratedRegex(@"^\.[0-9a-f]{32}-[0-9a-f]{32}\.coded\.[0-9a-f]{16}\.reparam-unfinished\z")]
    private static partial Regex UnfinishedName();
}
